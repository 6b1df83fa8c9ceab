import { describe, expect, test } from 'vitest'
import { syncCaller, testExamples } from '../lib/hook-test.ts'
import handlers from './index.ts'

const folder = new URL('./', import.meta.url)
testExamples(folder, handlers)

const call = syncCaller(folder, handlers)
const rows = [
  { name: 'John', date: '2024-01-15', amount: '1500', region: 'West', 'Unit Price': 10.1, quantity: 2 },
  { name: 'Jane', date: '2024-02-20', amount: 2000, region: 'East', 'Unit Price': 20.2, quantity: 1 },
  { name: 'Bob', date: '2024-03-05', amount: 1200, region: 'West', 'Unit Price': null, quantity: 0 },
]
const result = (expression: string, more = {}) => call('/evaluate', { expression, rows, ...more }).result

describe('evaluate', () => {
  test('the total of each region', () => {
    expect(call('/evaluate', { expression: 'SUM(amount)', rows, group_by: 'region' })).toEqual({
      groups: { West: 2700, East: 2000 },
      rows: [
        { region: 'West', result: 2700 },
        { region: 'East', result: 2000 },
      ],
    })
  })

  test.each([
    ['SUM(amount)', 4700],
    ['sum(AMOUNT)', 4700],
    ['AVERAGE(amount)', 1566.6666666666667],
    ['COUNT(name)', 3],
    ['COUNT(*)', 3],
    ['COUNT([Unit Price])', 2],
    ['MAX(date)', '2024-03-05'],
    ['MIN(date)', '2024-01-15'],
    ['SUMIF(region,"West",amount)', 2700],
    ['SUMIF(amount,">=1500")', 3500],
    ['COUNTIF(region,"<>West")', 1],
    ['COUNTIF(name,"J*")', 2],
    ['SUMIFS(amount,region,"West",date,">2024-02-01")', 1200],
    ['SUM(amount*quantity)', 5000],
    ['SUMPRODUCT(amount,quantity)', 5000],
    ['SUM([Unit Price]*quantity)', 40.4],
    ['SUM(`Unit Price`)', 30.3],
    ['MEDIAN(amount)', 1500],
    ['PERCENTILE(amount,0.9)', 1900],
    ['ROUND(AVERAGE(amount),2)', 1566.67],
    ['IF(quantity=0,0,amount/quantity)', [750, 2000, 0]],
    ['IFERROR(amount/quantity,0)', [750, 2000, 0]],
    ['UNIQUE(region)', ['West', 'East']],
    ['AVERAGE(IF(region="West",amount))', 1350],
    ['amount > AVERAGE(amount)', [false, true, false]],
    ['COUNTDISTINCT(region)', 2],
    ['XLOOKUP("Jane",name,amount)', 2000],
    ['TEXTJOIN(", ",TRUE,name)', 'John, Jane, Bob'],
    ['STDEV([Unit Price])', 7.14177848998413],
  ])('%s', (expression, expected) => {
    expect(result(expression)).toEqual(expected)
  })

  test('names a column that is not there, and those that are', () => {
    expect(() => result('SUM(amout)')).toThrow('expression: unknown name "amout". Known names: name, date, amount, region, Unit Price, quantity.')
    expect(() => call('/evaluate', { expression: 'COUNT(*)', rows, group_by: 'area' })).toThrow(/group_by: unknown column "area"/)
  })

  test('text among numbers is refused, or left out and counted', () => {
    const dirty = [{ a: 1 }, { a: 'n/a' }, { a: null }, { a: '' }, { a: '$1,000.50' }]
    expect(() => call('/evaluate', { expression: 'SUM(a)', rows: dirty })).toThrow(/"n\/a" is not a number/)
    expect(call('/evaluate', { expression: 'SUM(a)', rows: dirty, non_numbers: 'skip' })).toEqual({ result: 1001.5, skipped: 1 })
  })

  test('groups keep blanks together and survive evil names', () => {
    const evil = JSON.parse('[{"g":"__proto__","a":1},{"g":null,"a":2},{"a":3},{"g":"","a":4},{"g":"constructor","a":5}]')
    const answer = call('/evaluate', { expression: 'SUM(a)', rows: evil, group_by: ['g'] })
    expect(Object.entries(answer.groups)).toEqual([
      ['__proto__', 1],
      ['(blank)', 9],
      ['constructor', 5],
    ])
    expect(({} as Record<string, unknown>).a).toBeUndefined()
  })

  test('no rows sum to zero and average to nothing; no values either', () => {
    expect(call('/evaluate', { expression: 'SUM(x)', rows: [] })).toEqual({ result: 0 })
    expect(call('/evaluate', { expression: 'AVERAGE(x)', rows: [{ x: null }] })).toEqual({ result: null })
    expect(call('/evaluate', { expression: 'SUM(x)', rows: [], group_by: 'r' })).toEqual({ groups: {}, rows: [] })
  })

  test('variables stand beside columns and may not hide them', () => {
    expect(result('SUM(amount) * rate', { variables: { rate: 0.1 } })).toBe(470)
    expect(call('/evaluate', { expression: 'SUM(xs)', variables: { xs: [0.1, 0.2] } })).toEqual({ result: 0.3 })
    expect(() => result('SUM(amount)', { variables: { amount: 1 } })).toThrow(/variables: "amount" is also a column/)
  })

  test('a failing row fails the call with its reason', () => {
    expect(() => result('amount/quantity')).toThrow('expression: division by zero')
  })
})

describe('add_column', () => {
  const add = (expression: string, more = {}) =>
    call('/add_column', { rows, name: 'new', expression, ...more }).rows.map((row: { new: unknown }) => row.new)
  test.each([
    ['amount * 1.2', [1800, 2400, 1440]],
    ['IF(amount>1400,"high","low")', ['high', 'high', 'low']],
    ['CONCAT(LEFT(name,1),"-",region)', ['J-West', 'J-East', 'B-West']],
    ['DATEDIF(date,"2024-03-05","D")', [50, 14, 0]],
    ['[Unit Price] * quantity', [20.2, 20.2, null]],
    ['ROUND(amount / SUM(ALL(amount)), 4)', [0.3191, 0.4255, 0.2553]],
    ['ROW()', [1, 2, 3]],
    ['TEXT(amount,"#,##0.00")', ['1,500.00', '2,000.00', '1,200.00']],
    ['amount = MAX(ALL(amount))', [false, true, false]],
  ])('%s', (expression, expected) => {
    expect(add(expression)).toEqual(expected)
  })

  test('says which row fails, and does not overwrite unasked', () => {
    expect(() => add('amount/quantity')).toThrow('expression (row 3): division by zero')
    expect(() => call('/add_column', { rows, name: 'amount', expression: '1' })).toThrow(/name: there is a column "amount"/)
    expect(Object.keys(call('/add_column', { rows, name: 'amount', expression: 'amount*2', replace: true }).rows[0])).toEqual(
      Object.keys(rows[0] as object),
    )
  })
})

describe('aggregate', () => {
  test('several at once', () => {
    const aggregates = [
      { op: 'sum', field: 'amount' },
      { op: 'count' },
      { op: 'percentile', field: 'amount', percentile: 0.5, as: 'p50' },
      { op: 'list', field: 'name' },
    ]
    expect(call('/aggregate', { rows, by: ['region'], aggregates }).rows).toEqual([
      { region: 'West', sum_amount: 2700, count: 2, p50: 1350, list_name: ['John', 'Bob'] },
      { region: 'East', sum_amount: 2000, count: 1, p50: 2000, list_name: ['Jane'] },
    ])
  })

  test('names what is wrong', () => {
    expect(() => call('/aggregate', { rows, aggregates: [{ op: 'sum' }] })).toThrow(/aggregates\[0\].field/)
    expect(() => call('/aggregate', { rows, aggregates: [{ op: 'sum', field: 'x' }] })).toThrow(/unknown column "x"/)
    expect(() => call('/aggregate', { rows, aggregates: [{ op: 'sum', field: 'name' }] })).toThrow(/aggregates\[0\]: "John" is not a number/)
    expect(() => call('/aggregate', { rows, aggregates: [{ op: 'count' }, { op: 'count' }] })).toThrow(/named "count"/)
  })
})
