import { expect, test } from 'vitest'
import { testContext } from '../lib/hook-test.ts'
import { evaluate } from './evaluate.ts'

const rows = [
  { name: 'John', date: '2024-01-15', amount: 1500, region: 'West', qty: 2, note: null },
  { name: 'Jane', date: '2024-02-20', amount: 2000, region: 'East', qty: 1, note: '' },
  { name: 'Bob', date: '2024-03-05', amount: 1200, region: 'west', qty: 0, note: 'x' },
  { name: 'Ann', date: '2024-12-31', amount: -300.55, region: 'North', qty: 5, note: 'a*b' },
]
const work = (expression: string) => evaluate({ expression, rows }, testContext()) as { result: unknown; text?: string }

test.each([
  ['SUMIFS(amount,date,">=2024-02-01",date,"<2024-12-31")', 3200],
  ['COUNTIF(note,"a~*b")', 1],
  ['WEIGHTEDAVERAGE(amount,qty)', 437.15625],
  ['INDEX(name,MATCH(MAX(amount),amount,0))', 'Jane'],
  ['SLOPE(amount,qty)', -378.6892857142857],
  ['NPV(0.1,amount)', 3712.826992691756],
  ['IRR(list(-1000,500,400,200))', 0.05725973219361125],
  ['PMT(0.05/12,360,-200000)', 1073.64324602428],
  ['IFERROR(amount/qty,0)', [750, 2000, 0, -60.11]],
  ['DATEDIF(date,"2024-12-31","M")', [11, 10, 9, 0]],
  ['WEEKNUM(date)', [3, 8, 10, 53]],
  ['TEXT(amount,"$#,##0.00")', ['$1,500.00', '$2,000.00', '$1,200.00', '-$300.55']],
  ['20 + 10%', 20.1],
  ['15% of SUM(amount)', 659.9175],
  ['SUM(amount) - SUM(amount)', 0],
])('%s', (expression, expected) => {
  const { result } = work(expression)
  if (typeof expected === 'number' && !Number.isInteger(expected)) expect(result).toBeCloseTo(expected, 10)
  else expect(result).toEqual(expected)
})

test('an exact number that JSON holds only in part has its text beside it', () => {
  expect(work('1000 * 1.05^10')).toEqual({ result: 1628.8946267774413, text: '1628.89462677744140625' })
  expect(work('2^64')).toEqual({ result: '18446744073709551616' })
})

test.each([
  ['amount.constructor', /unknown name/],
  ['amount["x"]', /operator|unexpected/],
  ['VLOOKUP("a",name,2)', /XLOOKUP/],
  ['MATCH("a",name,1)', /exact matches only/],
  ['XIRR(amount,name)', /ISO 8601/],
  ['amount := 5', /assigned/],
])('%s is refused', (expression, reason) => {
  expect(() => work(expression)).toThrow(reason)
})
