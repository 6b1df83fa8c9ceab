import { items, orders, staff } from './data.ts'
import type { Case } from './known.ts'

const dated = [
  { d: '2024-01-15', amount: 10 },
  { d: '2024-01-20', amount: 5 },
  { d: '2024-02-01', amount: 7 },
]
const temperatures = { file: 'day,temp\nMon,20\nTue,25' }

/** Instructions of a second and a third round, by which the rules were widened. */
export const more: Case[] = [
  { ask: 'Total sales by month', data: dated, has: ['| 2024-01 | 15 |', '| 2024-02 | 7 |'] },
  {
    ask: '```csv\nname,score\nAnn,90\nBob,70\nCy,85\n```\nWho scored above 80? Return names only as JSON',
    json: { rows: [{ name: 'Ann' }, { name: 'Cy' }] },
  },
  { ask: 'Sum all the values', data: [3, 4, 5], has: ['12'] },
  { ask: "What's the average?", data: { values: [3, 4, 5] }, has: [/is 4\./] },
  { ask: 'How many distinct customers are there and what is the total amount?', data: orders, has: ['4', '855.5'] },
  { ask: 'give me the employee with the lowest salary in Engineering', data: staff, has: ['Ben Ode', '4800'] },
  {
    ask: 'Group by department, calculate headcount and avg salary, and order by avg salary desc',
    data: staff,
    has: ['| Engineering | 2 |', '| Engineering | 5000 |\n| Sales | 4000 |'],
  },
  { ask: 'Please calculate 12.5 * (8 - 3) and also 2^10', has: ['62.5', '1024'] },
  { ask: 'Add 10 business days to 2024-03-01', has: ['2024-03-15'] },
  { ask: 'How many days until 2024-12-25 from 2024-06-01?', has: ['207'] },
  { ask: 'days between 01/02/2024 and 15/02/2024', has: ['14 days'] },
  { ask: 'for each region give the max, min and average amount', data: orders, has: ['| East | 210 | 80 | 145 |'] },
  { ask: 'Find duplicates by customer', data: orders, has: ['| Ana | 2 |', '| Bruno | 2 |'], not: ['Carla'] },
  { ask: 'Combine first and last into full_name', data: [{ first: 'Ann', last: 'Lee' }], has: ['| Ann | Lee | Ann Lee |'] },
  { ask: 'Which customers have more than 1 order?', data: orders, has: ['| Ana | 2 |', '| Bruno | 2 |'], not: ['Dora'] },
  {
    ask: 'Return the names of people older than 30 in alphabetical order',
    data: staff,
    has: ['| Ana Lima |\n| Ben Ode |\n| Dee Fox |'],
    not: ['Eva'],
  },
  { ask: 'What is the correlation between unit_price and quantity?', data: items, has: [/-0\.\d+/] },
  { ask: 'Give the 90th percentile of age', data: staff, has: ['47.6'] },
  { ask: 'How many orders did each customer make and how much did they spend?', data: orders, has: ['| Ana | 2 |', '| Ana | 420 |'] },
  {
    ask: 'Give me a summary of total amount and number of orders per status in JSON',
    data: orders,
    has: ['{"status":"paid","total_amount":630,"count":3}'],
  },
  { ask: 'Return every order above the average amount', data: orders, has: ['| 3 | Ana', '| 5 | Bruno'], not: ['| 1 | Ana'] },
  { ask: "What's the mean of amount grouped by status, rounded to 1 decimal", data: orders, has: ['| open | 87.8 |'] },
  { ask: 'Return products not in category Office', data: items, has: ['Desk', 'Lamp'], not: ['Pen'] },
  {
    ask: 'average of salary by department, only for people over 30',
    data: staff,
    has: ['| Engineering | 5000 |', '| Sales | 4100 |'],
    not: ['Support'],
  },
  { ask: 'Compare average salary of Sales and Support', data: staff, has: ['| Sales | 4000 |', '| Support | 3100 |'] },
  { ask: 'Read the CSV and give the row with the max temperature', data: temperatures, has: ['Tue', '25'] },
  { ask: "What's the temperature on Tue?", data: temperatures, has: ['25'], not: ['Mon'] },
  { ask: 'Give me the date and amount of the latest order', data: orders, has: ['2024-04-01', '210'] },
  { ask: 'Add 5 to every amount', data: [{ amount: 1 }, { amount: 2 }], has: ['| 6 |', '| 7 |'] },
  { ask: "What's the total value of the inventory (unit_price * quantity)?", data: items, has: ['725'] },
  { ask: 'List departments with their number of employees', data: staff, has: ['| Sales | 2 |'] },
  { ask: "what's today's date?", has: ['2024-06-01'] },
  { ask: 'remove the first row and count the rest', data: orders, has: [/\b5\b/] },
  { ask: 'Generate a CSV with the columns product and quantity', data: items, has: ['product,quantity\nPen,10'] },
]
