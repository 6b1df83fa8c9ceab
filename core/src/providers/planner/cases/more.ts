import { items, messy, orders, staff } from './data.ts'
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
  {
    ask: 'Given these records, what was our best selling product by quantity, and how much revenue did it bring?',
    data: [
      { product: 'a', quantity: 3, revenue: 30 },
      { product: 'b', quantity: 9, revenue: 20 },
    ],
    has: ['b has the highest quantity: 9', 'I cannot tell what "did it" speaks of'],
    not: ['50'],
  },
  { ask: 'Summarize spending per customer for 2024 only', data: orders, has: ['| Ana | 420 |', '| Bruno | 290 |'], not: ['Dora'] },
  { ask: 'Sort the data by region then by amount descending', data: orders, has: ['| 5 | Bruno | East | paid | 210 | 2024-04-01 |\n| 2 | Bruno |'] },
  { ask: "the amount of Ana's orders", data: orders, has: ['| Ana | 120 |', '| Ana | 300 |'], not: ['Bruno'] },
  { ask: 'How much did each customer spend on average?', data: orders, has: ['| Ana | 210 |'] },
  { ask: 'what is the difference between the max and min age', data: staff, has: ['27'] },
  { ask: 'Who earns more, Ana Lima or Eva Kim?', data: staff, has: ['Ana Lima', '5200'], not: ['3100'] },
  { ask: 'Find the customer with the most orders in West', data: orders, has: ['Ana has the highest number of rows', '2'] },
  {
    ask: 'Total amount by region, highest first, as a markdown table',
    data: orders,
    has: ['| West | 515.5 |\n| East | 290 |\n| North | 50 |'],
    not: ['maximum'],
  },
  {
    ask: 'Fix the date format in column when to YYYY-MM-DD and rename it to date',
    data: { csv: messy },
    has: ['| id | date | value |', '2024-03-05'],
  },
  { ask: 'Convert the dates to dd/mm/yyyy', data: [{ date: '2024-03-15' }], has: ['15/03/2024'] },
  { ask: 'Add a column with the year of the date', data: orders, has: ['| date | year |', '| 2023-12-30 | 2023 |'] },
  { ask: "Add a column group that is 'senior' if age >= 40 else 'other'", data: staff, has: [/Ben Ode.*senior/, /Ana Lima.*other/] },
  {
    ask: 'mostre as 2 maiores vendas',
    data: [
      { produto: 'a', valor: 5 },
      { produto: 'b', valor: 9 },
      { produto: 'c', valor: 1 },
    ],
    has: ['| b | 9 |\n| a | 5 |'],
    not: ['| c |'],
  },
  { ask: 'Remova os duplicados por customer e conte as linhas', data: orders, has: [/\b4\b/] },
  { ask: 'drop rows with amount less than 90 or status cancelled', data: orders, has: ['| 1 | Ana', '| 6 | Dora'], not: ['Carla', '| 2 | Bruno'] },
  { ask: 'which employees have no email?', data: staff, has: ['Cid Rey'], not: ['Ana'] },
  { ask: 'How many orders per month and status?', data: orders, has: [/2024-03.*\| 1 \|/] },
  { ask: 'Check that all emails are valid', data: [{ email: 'a@b.co' }, { email: 'nope' }], has: ['1 problem in email', 'nope'] },
  { ask: 'Is the order_id unique?', data: orders, has: ['All 6 rows pass'] },
  { ask: 'Show the average amount for each region, best first', data: orders, has: ['| West | 171.83', /West[\s\S]*East[\s\S]*North/] },
  {
    ask: 'From the list below keep cities with population over 1 million and sort them by name',
    data: [
      { city: 'Zug', population: 2_000_000 },
      { city: 'Bern', population: 1_500_000 },
      { city: 'Chur', population: 5 },
    ],
    has: ['| Bern | 1500000 |\n| Zug | 2000000 |'],
    not: ['Chur'],
  },
  {
    ask: 'How many tickets are still open?',
    data: [
      { ticket: 1, state: 'open' },
      { ticket: 2, state: 'closed' },
    ],
    has: ['1 ticket where state = open'],
  },
  { ask: 'Group amount by region and show me only those over 100', data: orders, has: ['| West | 515.5 |', '| East | 290 |'], not: ['North'] },
  {
    ask: 'Normalize names to title case and remove rows without age',
    data: [
      { name: 'ana LIMA', age: 3 },
      { name: 'bob', age: null },
    ],
    has: ['| Ana Lima | 3 |'],
    not: ['bob'],
  },
  { ask: 'Parse this NDJSON and count errors:\n{"level":"error"}\n{"level":"info"}', has: [/\b1\b.*level = error/] },
  { ask: 'What share of amount comes from each status?', data: orders, has: ['73.64'] },
  { ask: "delete rows where status is open and add a column fee = amount * 0.1; what's the total fee?", data: orders, has: ['68'] },
  {
    ask: 'Convert the following YAML to JSON\n\nname: x\nitems:\n  - id: 1\n    qty: 4\n  - id: 2\n    qty: 6',
    json: {
      name: 'x',
      items: [
        { id: 1, qty: 4 },
        { id: 2, qty: 6 },
      ],
    },
  },
  { ask: 'convert this JSON to YAML', data: { json: { name: 'x', items: [{ id: 1 }] } }, has: ['name: x', 'items:', 'id: 1'] },
  { ask: 'Convert this to XML: [{"a":1}]', has: ['<a>1</a>'] },
  {
    ask: 'sum of qty',
    data: {
      json: {
        name: 'x',
        items: [
          { id: 1, qty: 4 },
          { id: 2, qty: 6 },
        ],
      },
    },
    has: ['10'],
  },
  { ask: 'convert the prices from strings to numbers and sum them', data: [{ price: '10' }, { price: '20.5' }], has: ['30.5'] },
]
