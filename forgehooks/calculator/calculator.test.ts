import { describe, expect, test } from 'vitest'
import { syncCaller, testExamples } from '../lib/hook-test.ts'
import handlers from './index.ts'

const folder = new URL('./', import.meta.url)
testExamples(folder, handlers)

const call = syncCaller(folder, handlers)
const calculate = (expression: string, more = {}) => call('/calculate', { expression, ...more })

describe('calculate', () => {
  test.each([
    ['0.1+0.2', 0.3],
    ['15% of 240', 36],
    ['200 + 10%', 220],
    ['200 - 10%', 180],
    ['10% + 5%', 0.15],
    ['10 % 3', 1],
    ['2**10', 1024],
    ['1,234.56 * 2', 2469.12],
    ['$1,200 + $300', 1500],
    ['12 × 3 ÷ 4', 9],
    ['2+2=', 4],
    ['sqrt(16)', 4],
    ['max(10, 200)', 200],
    ['5 km to m', 5000],
    ['5km to m', 5000],
    ['100 C to F', 212],
    ['-40 C in F', -40],
    ['6 ft 2 in to cm', 187.96],
    ['20 in to cm', 50.8],
    ['60 mph in km/h', 96.56064],
    ['5 MB in Mb', 40],
    ['(2+3) kg in g', 5000],
    ['1e3 m to km', 1],
    ['100 km em m', 100000],
    ['50 m2 in m2', 50],
    ['1 < 2', true],
    ['sin(pi)', 0],
    ['1/3+1/3+1/3', 1],
  ])('%s = %j', (expression, expected) => {
    expect(calculate(expression).result).toBe(expected)
  })

  test('says whether the result is exact, and gives all digits as text', () => {
    expect(calculate('1/3')).toEqual({ result: 1 / 3, text: `0.${'3'.repeat(40)}`, exact: false })
    expect(calculate('25!')).toEqual({ result: '15511210043330985984000000', text: '15511210043330985984000000', exact: true })
    expect(calculate('2/3', { precision: 5 })).toEqual({ result: 0.66667, text: '0.66667', exact: false })
    expect(calculate('0.5', { precision: 5 })).toEqual({ result: 0.5, text: '0.5', exact: true })
    expect(calculate('price * 3', { variables: { price: '0.10000000000000000000000001' } }).text).toBe('0.30000000000000000000000003')
  })

  test.each([
    ['max(1,234, 5)', /could be one number or several/],
    ['1.234,56', /thousands separators/],
    ['12,5 + 1', /thousands separators/],
    ['1,23', /thousands/],
    ['5 km in kg', /cannot be converted/],
    ['3 foo in bar', /unknown unit "foo"/],
    ['5 mb in kb', /case matter/],
    ['-300 C in K', /absolute zero/],
    ['x to y', /amount and a unit/],
    ['2 pi', /operator/],
    ['sqrt(-4)', /real number/],
    ['1/0', /division by zero/],
    ['a = 5', /unknown name "a"/],
    ['"a"', /text, not a number/],
    ['list(1,2)', /a list/],
    ['null', /blank/],
    [' ', /empty/],
    ['process.exit()', /unknown function/],
  ])('%s is refused', (expression, reason) => {
    expect(() => calculate(expression)).toThrow(reason)
  })

  test('errors name the field', () => {
    expect(() => calculate('x', { variables: { x: 'abc' } })).toThrow('variables.x: "abc" is not a number')
    expect(() => calculate('1/0')).toThrow('expression: division by zero')
  })
})

test('statistics are exact where they can be, and null where they cannot be at all', () => {
  expect(call('/statistics', { values: [0.1, 0.2, '0.3'] })).toMatchObject({
    sum: 0.6,
    mean: 0.2,
    median: 0.2,
    stdev: 0.1,
    variance: 0.01,
    quartiles: { q1: 0.15, q2: 0.2, q3: 0.25 },
  })
  expect(call('/statistics', { values: [5] })).toMatchObject({ stdev: null, variance: null, stdev_population: 0 })
  expect(call('/statistics', { values: [2, 2, 3, 3, 4] }).mode).toEqual([2, 3])
  expect(() => call('/statistics', { values: [1, 'x'] })).toThrow('values[1]: "x" is not a number')
})

test('percentages', () => {
  expect(call('/percentage', { percent: 15, whole: 240 }).result).toBe(36)
  expect(call('/percentage', { from: 100, to: 80 }).result).toBe(-20)
  expect(() => call('/percentage', { part: 1, whole: 0 })).toThrow('whole: division by zero')
  expect(() => call('/percentage', { part: 1 })).toThrow(/give part and whole/)
})

test('conversions go there and back', () => {
  expect(call('/convert', { value: 1, from: 'lb', to: 'kg' })).toEqual({ result: 0.45359237, text: '0.45359237', exact: true, unit: 'kg' })
  expect(call('/convert', { value: '0.45359237', from: 'kg', to: 'pounds' }).result).toBe(1)
  expect(call('/convert', { value: 1, from: 'mile', to: 'chains' }).result).toBe(80)
  expect(call('/convert', { value: 1, from: 'lb', to: 'troy oz', precision: 10 }).result).toBe(14.58333333)
  expect(() => call('/convert', { value: 1, from: 'kg', to: 'parsnips' })).toThrow(/to: unknown unit/)
})
