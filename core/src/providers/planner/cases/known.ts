import { gaps, items, messy, ndjson, orders, ordersTsv, people, sales, shop, staff, wide, xml, yaml } from './data.ts'

/** What an instruction must lead to: texts in the answer, JSON in it, the tools in their order. */
export type Case = {
  ask: string
  data?: unknown
  has?: (string | RegExp)[]
  not?: (string | RegExp)[]
  json?: unknown
  tools?: string[]
  turns?: string[][]
}

/** Instructions that the rules were written with. */
export const known: Case[] = [
  {
    ask: 'Clean this CSV: fix the date formats to ISO, calculate the total amount per region, and return as JSON',
    data: { csv: 'name,date,amount,region\nJohn,1/15/24,1500,West\nJane,2024-02-20,2000,East\nBob,March 5 2024,1200,West' },
    tools: ['data-transform__csv_to_json', 'date-utils__parse_dates', 'formula-engine__evaluate'],
    json: {
      cleaned_data: [
        { name: 'John', date: '2024-01-15', amount: 1500, region: 'West' },
        { name: 'Jane', date: '2024-02-20', amount: 2000, region: 'East' },
        { name: 'Bob', date: '2024-03-05', amount: 1200, region: 'West' },
      ],
      totals_by_region: { West: 2700, East: 2000 },
    },
  },
  {
    ask: 'Parse this TSV, keep only orders above 100, sort by amount descending and return the top 3',
    data: { tsv: ordersTsv },
    has: ['| A3 | Cy | 310 |\n| A4 | Di | 205 |\n| A1 | Ann | 150 |'],
    not: ['A2', 'A5'],
  },
  { ask: 'average salary by department', data: staff, has: ['| Engineering | 5000 |', '| Sales | 4000 |', '| Support | 3100 |'] },
  { ask: 'remove duplicates by email and tell me how many rows are left', data: { csv: people }, has: [/There are [34] rows left/] },
  { ask: 'convert this JSON to CSV', data: { json: '[{"a":1,"b":"x"},{"a":2,"b":"y"}]' }, has: ['a,b\n1,x\n2,y'] },
  {
    ask: 'how many customers per country?',
    data: [
      { name: 'A', country: 'PT' },
      { name: 'B', country: 'PT' },
      { name: 'C', country: 'BR' },
    ],
    has: ['| PT | 2 |', '| BR | 1 |'],
  },
  { ask: 'normalise the dates to ISO', data: { csv: messy }, has: ['2024-03-05', '2024-03-06', '2024-03-07'] },
  { ask: 'rename column unit_price to price', data: items, has: ['| product | price | quantity | category |'] },
  { ask: 'add a column total = unit_price * quantity, then sum it', data: items, has: ['725', '| Desk | 200 | 2 | Furniture | 400 |'] },
  { ask: 'what is 15% of 240?', has: ['36'] },
  { ask: 'how many business days between 2024-01-01 and 2024-03-05?', has: ['47'] },
  { ask: 'convert 5 km to miles', has: ['3.10'] },
  { ask: 'convert 5 km to miles and 3 kg to pounds', has: ['3.10', '6.61'], turns: [['calculator__convert', 'calculator__convert']] },
  {
    ask: 'validate this JSON against this schema',
    data: { json: { name: 'Ann', age: 'x' }, schema: { type: 'object', properties: { age: { type: 'integer' } }, required: ['name'] } },
    has: [/does not fit/, /age/],
  },
  { ask: 'join customers with orders on id', data: shop, has: ['Ana', '35', '50'], not: ['Carla'] },
  { ask: 'pivot sales by region and quarter', data: sales, has: [/\| North \| 100 \| 150 \|/, /\| South \| 100 \| 60 \|/] },
  { ask: 'which region has the highest total?', data: orders, has: ['West has the highest total amount: 515.5'] },
  { ask: 'what date is next friday after 2024-03-05?', has: ['2024-03-08'] },
  { ask: 'sum unit_price and sum quantity', data: items, has: ['246.5', '42'], turns: [['formula-engine__evaluate', 'formula-engine__evaluate']] },
  { ask: 'what is the total amount?', data: orders, has: ['855.5'] },
  { ask: 'total amount for West', data: orders, has: ['515.5'] },
  { ask: 'how many paid orders are there?', data: orders, has: [/\b3\b/] },
  { ask: 'What is the average and maximum salary per department?', data: staff, has: ['| Engineering | 5000 | 5200 |'] },
  { ask: 'min, max and mean age', data: staff, has: ['25', '52', '36.2'] },
  { ask: 'total revenue by region', data: orders, has: ['| West | 515.5 |', 'I took "revenue" to mean the column amount'] },
  { ask: 'Show the top 2 customers by total amount', data: orders, has: ['| Ana | 420 |\n| Bruno | 290 |'], not: ['Carla'] },
  { ask: 'sort employees by age descending and show name and age only', data: staff, has: ['| name | age |', '| Dee Fox | 52 |\n| Ben Ode | 41 |'] },
  { ask: 'filter rows where status is paid and amount > 150', data: orders, has: ['| 3 | Ana |', '| 5 | Bruno |'], not: ['| 1 | Ana |'] },
  { ask: 'remove cancelled orders then total the amount', data: orders, has: ['805.5'] },
  {
    ask: 'keep orders between 2024-02-01 and 2024-03-31',
    data: orders,
    has: ['| 2 | Bruno', '| 3 | Ana', '| 4 | Carla'],
    not: ['| 1 | Ana', '| 5 | Bruno'],
  },
  { ask: 'how many orders were placed in March 2024?', data: orders, has: [/\b2\b/] },
  { ask: 'who has the highest salary?', data: staff, has: ['Ana Lima'] },
  { ask: 'Which product is the most expensive?', data: items, has: ['Desk', '200'] },
  { ask: 'list the unique countries', data: staff, has: ['Portugal, Spain, Brazil'] },
  { ask: 'fill missing reading with 0', data: gaps, has: ['| b | 0 |'] },
  { ask: 'fill missing readings with the average', data: gaps, has: ['| b | 15 |'] },
  { ask: 'drop the email column', data: staff, not: ['ana@example.com'], has: ['| name | department | salary | age | country |'] },
  { ask: 'remove rows with missing email', data: staff, has: ['Ana Lima', 'Eva Kim'], not: ['Cid Rey'] },
  { ask: 'increase salary by 10%', data: staff, has: ['5720', '3410'] },
  { ask: 'round unit_price to 0 decimals', data: items, has: ['| Pen | 3 |'] },
  { ask: 'uppercase the product names', data: items, has: ['PEN', 'DESK'] },
  {
    ask: 'Convert this CSV to JSON:\nname,age\nAnn,30\nBob,25',
    json: {
      rows: [
        { name: 'Ann', age: 30 },
        { name: 'Bob', age: 25 },
      ],
    },
  },
  { ask: 'What is the sum of total?', data: { xml }, has: ['100'] },
  { ask: 'average score', data: { yaml }, has: ['8'] },
  { ask: 'count the rows by level', data: { log: ndjson }, has: ['| error | 2 |', '| info | 1 |'] },
  { ask: 'unpivot jan and feb into month and amount', data: wide, has: ['| A | jan | 10 |', '| B | feb | 40 |'] },
  { ask: 'mean and median of 3, 5, 8, 10', has: ['6.5'] },
  { ask: 'what is (3 + 4) * 2?', has: ['14'] },
  { ask: '30 days after 2024-01-15', has: ['2024-02-14'] },
  { ask: 'How many days are there between 2024-01-01 and 2024-12-25?', has: ['359'] },
  { ask: 'compare old and new', data: { old: { a: 1, b: 2 }, new: { a: 1, b: 3 } }, has: [/b/, /3/] },
  { ask: 'flatten this JSON', data: { json: { user: { name: 'Ann', address: { city: 'Rome' } } } }, has: [/user\.address\.city/, /Rome/] },
  { ask: 'describe the data', data: items, has: ['4 rows, 4 columns', /unit_price/] },
  { ask: 'Qual é o total por região?', data: orders, has: ['| West | 515.5 |'] },
  { ask: 'Calcule a média de salary por department', data: staff, has: ['| Sales | 4000 |'] },
  { ask: 'export to csv', data: items, has: ['product,unit_price,quantity,category\nPen,2.5,10,Office'] },
  { ask: 'total of unit_price * quantity by category', data: items, has: ['| Office | 125 |', '| Furniture | 600 |'] },
  { ask: 'total amount by region sorted descending', data: orders, has: ['| West | 515.5 |\n| East | 290 |\n| North | 50 |'] },
  {
    ask: 'total amount by region, then keep only totals above 100',
    data: orders,
    has: ['| West | 515.5 |', '| East | 290 |'],
    not: ['| North | 50 |'],
  },
  { ask: 'what percentage of the total amount does each region have?', data: orders, has: ['60.26', '33.9', '5.84'] },
  { ask: 'what is the email of Dee Fox?', data: staff, has: ['dee@example.com'], not: ['ana@example.com'] },
  { ask: 'convert 2024-03-05 14:00 from UTC to Asia/Tokyo', has: ['23:00'] },
  { ask: 'write me a poem about the sea', data: orders, has: ['not a language model', 'could not do'] },
]
