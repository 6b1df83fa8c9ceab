import { items, messy, orders, ordersTsv, people, sales, shop, staff } from './data.ts'
import type { Case } from './known.ts'

/** Instructions written beside the known ones but first run when those passed: 26 of 34 passed at first sight (76 %). The rest were fixed since. */
export const heldBack: Case[] = [
  { ask: 'Give me the three cheapest items', data: items, has: ['Pen', 'Paper', 'Lamp'], not: ['| Desk'] },
  { ask: 'Using the data below, tell me who the oldest employee is.', data: staff, has: ['Dee Fox'] },
  { ask: 'How much did Ana spend in total?', data: orders, has: ['420'] },
  {
    ask: 'Show me all open orders sorted from newest to oldest',
    data: orders,
    has: ['| 2 | Bruno | East | open | 80 | 2024-02-20 |\n| 6 | Dora |'],
    not: ['Carla'],
  },
  {
    ask: 'Deduplicate on the email field, drop rows without an email, and return the result as JSON',
    data: { csv: people },
    json: {
      rows: [
        { name: 'Ann', email: 'ann@x.org', city: 'Rome' },
        { name: 'Bob', email: 'bob@x.org', city: 'Oslo' },
      ],
    },
  },
  {
    ask: 'Compute revenue = unit price times quantity for every row and give me the total revenue per category',
    data: items,
    has: ['| Office | 125 |', '| Furniture | 600 |'],
  },
  { ask: 'What was the largest order in the East region?', data: orders, has: ['210'] },
  { ask: 'Count how many employees earn more than 4000', data: staff, has: [/\b3\b/] },
  {
    ask: 'Group the orders by status and give me the count and total amount for each',
    data: orders,
    has: ['| paid | 3 | 630 |', '| open | 2 | 175.5 |'],
  },
  {
    ask: 'Left join orders to customers using customer_id and list the total amount by city',
    data: shop,
    has: ['| Lisbon | 55 |', '| Porto | 50 |'],
  },
  { ask: 'Is there any department whose average salary is above 4500?', data: staff, has: ['Engineering'] },
  { ask: 'Rename "unit_price" to "price" and "quantity" to "qty", then output CSV', data: items, has: ['product,price,qty,category'] },
  {
    ask: 'Please standardize every date in this file (they are day first) and sort chronologically',
    data: { csv: 'id,due\n1,07/03/2024\n2,05/02/2024\n3,25/12/2023' },
    has: ['| 3 | 2023-12-25 |\n| 2 | 2024-02-05 |\n| 1 | 2024-03-07 |'],
  },
  { ask: '1. Parse the CSV\n2. Remove rows where value is below 15\n3. Sum the value column', data: { csv: messy }, has: ['50'] },
  { ask: 'what is the square root of 144 plus 5?', has: ['17'] },
  { ask: 'How many weeks from 2024-01-01 until 2024-03-25?', has: ['12'] },
  { ask: 'What day of the week was 4 July 2023?', has: ['Tuesday'] },
  { ask: 'If I add 3 months to 2024-11-30, what date do I get?', has: ['2025-02-28'] },
  { ask: 'How many feet are in 10 meters?', has: ['32.8'] },
  { ask: '100 fahrenheit in celsius', has: ['37.7'] },
  {
    ask: 'Create a pivot table with region as rows, quarter as columns and the average of sales as values',
    data: sales,
    has: [/\| North \| 100 \| 150 \|/, /\| South \| 50 \| 60 \|/],
  },
  { ask: 'Which customer placed the most orders?', data: orders, has: [/Ana/, /Bruno/, /2/] },
  { ask: 'Exclude orders from the West and East regions and show what remains', data: orders, has: ['Carla'], not: ['Ana', 'Bruno', 'Dora'] },
  { ask: 'Show only the customer, region columns for paid orders', data: orders, has: ['| customer | region |', '| Bruno | East |'], not: ['Carla'] },
  { ask: 'Find the median order value per customer', data: orders, has: ['| Ana | 210 |', '| Bruno | 145 |'] },
  { ask: 'Calculate the total sales for Q1 and the total sales for Q2', data: sales, has: ['200', '210'] },
  { ask: 'From this TSV return the 2 smallest amounts', data: ordersTsv, has: ['A2', 'A5'], not: ['A3'] },
  { ask: 'Add a 20% VAT column called vat based on unit_price', data: items, has: ['0.5', '40', '8'] },
  {
    ask: 'Ordene os pedidos por amount em ordem decrescente e mostre os 2 primeiros',
    data: orders,
    has: ['| 3 | Ana', '| 5 | Bruno'],
    not: ['Carla'],
  },
  { ask: 'Quantos funcionários existem por country?', data: staff, has: ['| Spain | 2 |'] },
  { ask: 'Take the average salary of Sales and Engineering', data: staff, has: ['4500'] },
  { ask: 'Which month had the highest total amount?', data: orders, has: [/2024-03|March|month/i] },
  { ask: 'translate "good morning" to French', data: orders, has: [/not a language model/] },
  { ask: 'give me json with the number of orders and the sum of amounts', data: orders, has: ['855.5', '6'] },
]
