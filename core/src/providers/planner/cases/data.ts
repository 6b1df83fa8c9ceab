/** The tables that the instructions of the tests are about. */
export const orders = [
  { order_id: 1, customer: 'Ana', region: 'West', status: 'paid', amount: 120, date: '2024-01-15' },
  { order_id: 2, customer: 'Bruno', region: 'East', status: 'open', amount: 80, date: '2024-02-20' },
  { order_id: 3, customer: 'Ana', region: 'West', status: 'paid', amount: 300, date: '2024-03-05' },
  { order_id: 4, customer: 'Carla', region: 'North', status: 'cancelled', amount: 50, date: '2024-03-09' },
  { order_id: 5, customer: 'Bruno', region: 'East', status: 'paid', amount: 210, date: '2024-04-01' },
  { order_id: 6, customer: 'Dora', region: 'West', status: 'open', amount: 95.5, date: '2023-12-30' },
]

export const staff = [
  { name: 'Ana Lima', department: 'Engineering', salary: 5200, age: 34, country: 'Portugal', email: 'ana@example.com' },
  { name: 'Ben Ode', department: 'Engineering', salary: 4800, age: 41, country: 'Spain', email: 'ben@example.com' },
  { name: 'Cid Rey', department: 'Sales', salary: 3900, age: 29, country: 'Spain', email: '' },
  { name: 'Dee Fox', department: 'Sales', salary: 4100, age: 52, country: 'Portugal', email: 'dee@example.com' },
  { name: 'Eva Kim', department: 'Support', salary: 3100, age: 25, country: 'Brazil', email: 'eva@example.com' },
]

export const items = [
  { product: 'Pen', unit_price: 2.5, quantity: 10, category: 'Office' },
  { product: 'Desk', unit_price: 200, quantity: 2, category: 'Furniture' },
  { product: 'Lamp', unit_price: 40, quantity: 5, category: 'Furniture' },
  { product: 'Paper', unit_price: 4, quantity: 25, category: 'Office' },
]

export const people = 'name,email,city\nAnn,ann@x.org,Rome\nBob,bob@x.org,Oslo\nAnn B,ann@x.org,Rome\nCy,,Oslo\n'

export const messy = 'id;when;value\n1;05.03.2024;10\n2;2024-03-06;20\n3;March 7 2024;30\n'

export const ordersTsv = 'order\tcustomer\tamount\nA1\tAnn\t150\nA2\tBob\t90\nA3\tCy\t310\nA4\tDi\t205\nA5\tEd\t120\n'

export const shop = {
  customers: [
    { id: 1, name: 'Ana', city: 'Lisbon' },
    { id: 2, name: 'Bruno', city: 'Porto' },
    { id: 3, name: 'Carla', city: 'Faro' },
  ],
  orders: [
    { id: 10, customer_id: 1, amount: 20 },
    { id: 11, customer_id: 1, amount: 35 },
    { id: 12, customer_id: 2, amount: 50 },
  ],
}

export const sales = [
  { region: 'North', quarter: 'Q1', sales: 100 },
  { region: 'North', quarter: 'Q2', sales: 150 },
  { region: 'South', quarter: 'Q1', sales: 80 },
  { region: 'South', quarter: 'Q2', sales: 60 },
  { region: 'South', quarter: 'Q1', sales: 20 },
]

export const wide = [
  { store: 'A', jan: 10, feb: 20 },
  { store: 'B', jan: 30, feb: 40 },
]

export const gaps = [
  { sensor: 'a', reading: 10 },
  { sensor: 'b', reading: null },
  { sensor: 'c', reading: 20 },
]

export const xml = '<orders><order><id>1</id><total>40</total></order><order><id>2</id><total>60</total></order></orders>'
export const yaml = '- name: Ann\n  score: 7\n- name: Bob\n  score: 9\n'
export const ndjson = '{"level":"error","ms":12}\n{"level":"info","ms":3}\n{"level":"error","ms":30}'
