import { expect, test } from 'vitest'
import { testContext } from '../lib/hook-test.ts'
import { calculate } from './calculate.ts'
import { convert } from './convert.ts'
import { percentage } from './percentage.ts'

const work = (expression: string) => calculate({ expression }, testContext())

test.each([
  ['what is 15 percent of 80?', 12],
  ['30 is what percent of 120', 25],
  ['what percent of 120 is 30?', 25],
  ['percent change from 80 to 100', 25],
  ['percentage decrease from 100 to 80', 20],
  ['20% off 50', 40],
  ['increase 80 by 10%', 88],
  ['12 is 30% of what', 40],
  ['100 + -10%', 90],
  ['100 + 5% of 200', 110],
  ['5 squared', 25],
  ['sin(30°)', 0.5],
  ['0x1F', 31],
  ['0b1010', 10],
  ['1000*(1+0.05)^10', 1628.8946267774413],
  ['ceiling(-2.5, -2)', -4],
  ['int(1/3*3)', 1],
  ['round(1/3*3*0.5)', 1],
  ['7^300 mod 10', 1],
  ['5 km + 300 m in m', 5300],
  ['1 hour and 30 minutes in min', 90],
  [`5'11" in cm`, 180.34],
  ['10 delta C in delta F', 18],
  ['2 years in months', 24],
  ['100 Mbps in MB/s', 12.5],
  ['1 GiB in MB', 1073.741824],
  ['how many feet in a mile', 5280],
  ['10 MPH in km/h', 16.09344],
  ['2024-03-05 - 2024-02-28', 6],
  ['2024-01-31 + 1 month', '2024-02-29'],
  ['days between 2024-01-01 and 2024-03-01', 60],
  ['weeknum("2012-03-09", 2)', 11],
  ['datedif("2024-01-31", "2024-02-29", "M")', 0],
])('%s = %j', (expression, expected) => {
  expect(work(expression).result).toBe(expected)
})

test.each([
  ['3 + 4 km', /brackets/],
  ['5 % -2', /unclear/],
  ['20 C + 5 C', /cannot be added/],
  ['1 year in days', /no fixed ratio/],
  ['1 ton in kg', /unclear/],
  ['1 mbps in kbps', /case matter/],
  ['5 MG in g', /case matter/],
  ['2000-10-10', /date or a subtraction/],
  ['2023-02-29 + 1', /does not exist/],
  ['NaN', /unknown name/],
  ['Infinity', /unknown name/],
  ['9^9^9', /too large/],
  ['Math.PI', /Properties/],
  ['(-8)^(1/3)', /no real result/],
  [`${'('.repeat(2000)}1${')'.repeat(2000)}`, /nested/],
])('%s is refused', (expression, reason) => {
  expect(() => work(expression)).toThrow(reason)
})

test('percentages read "15%" as 15 percent', () => {
  expect(percentage({ percent: '15%', whole: 80 }, testContext()).result).toBe(12)
  expect(percentage({ percent: 25, part: 30 }, testContext()).result).toBe(120)
  expect(percentage({ percent: -20, from: 50 }, testContext()).result).toBe(40)
})

test('mega and milli are not taken for each other', () => {
  expect(() => convert({ value: 1, from: 'Nm', to: 'm' }, testContext())).toThrow(/unknown unit|case/)
  expect(convert({ value: 1, from: 'mW', to: 'W' }, testContext()).result).toBe(0.001)
  expect(convert({ value: 1, from: 'ML', to: 'l' }, testContext()).result).toBe(1_000_000)
  expect(convert({ value: 1, from: 'MIN', to: 's' }, testContext()).result).toBe(60)
})
