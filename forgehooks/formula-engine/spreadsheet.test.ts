import { expect, test } from 'vitest'
import { testContext } from '../lib/hook-test.ts'
import { spreadsheet } from './spreadsheet.ts'

const context = testContext()
const cells = (given: Record<string, unknown>) => spreadsheet({ cells: given }, context)
const once = (formula: string, rows: unknown[][] = [[]]) => spreadsheet({ rows, formula }, context).result

test.each([
  ['SUM(A1:A3)', 60],
  ['AVERAGE(A1:A3)', 20],
  ['MAX(A:A)', 30],
  ['MEDIAN(A1:A3)', 20],
  ['STDEV.S(A1:A3)', 10],
  ['COUNTA(B1:B3)', 3],
  ['VLOOKUP("y",B1:C3,2,FALSE)', 5],
  ['INDEX(A1:A3,2)', 20],
  ['MATCH(30,A1:A3,0)', 3],
  ['SUMIF(A1:A3,">15")', 50],
  ['SUMIFS(A1:A3,B1:B3,"x")', 40],
  ['ROUND(PMT(0.05/12,360,-200000),2)', 1073.64],
  ['TEXT(45356,"yyyy-mm-dd")', '2024-03-05'],
  ['TEXT(TODAY(),"yyyy-mm-dd")', '2024-03-06'],
  ['0.1+0.2', 0.3],
  ['ROUND(XIRR({-100,110},{45292,45658}),6)', 0.099714],
  ['IF(A1>5,"big","small")', 'big'],
  ['IFERROR(1/0,"none")', 'none'],
  ['PERCENTILE(A1:A3,0.5)', 20],
  ['ROUND(NPV(0.1,100,100),4)', 173.5537],
  ['LEN("abc")&UPPER("x")', '3X'],
])('%s', (formula, expected) => {
  expect(
    once(formula, [
      [10, 'x', 4],
      [20, 'y', 5],
      [30, 'x', 6],
    ]),
  ).toBe(expected)
})

test('cells are worked out in the order of need, and errors are values with a reason', () => {
  const { values, errors } = cells({
    C1: '=B1+1',
    B1: '=A1*2',
    A1: 5,
    D1: '=1/0',
    E1: '=D1+1',
    F1: '=NOPE(1)',
    G1: '=nope+1',
    H1: '=Other!A1',
    I1: 'text',
    J1: '007',
    K1: '1500',
  })
  expect(values).toEqual({
    C1: 11,
    B1: 10,
    A1: 5,
    D1: '#DIV/0!',
    E1: '#DIV/0!',
    F1: '#NAME?',
    G1: '#NAME?',
    H1: '#REF!',
    I1: 'text',
    J1: '007',
    K1: 1500,
  })
  expect(errors.map((error) => error.cell)).toEqual(['D1', 'E1', 'F1', 'G1', 'H1'])
})

test('circles are refused with their path, also through ranges', () => {
  expect(() => cells({ A1: '=B1', B1: '=C1', C1: '=A1' })).toThrow('cells: the formulas go in a circle: A1 -> B1 -> C1 -> A1')
  expect(() => cells({ A1: '=A1' })).toThrow(/circle: A1 -> A1/)
  expect(() => cells({ A5: '=SUM(A:A)' })).toThrow(/circle/)
  expect(() => spreadsheet({ rows: [[1, '=SUM(A1:B1)']] }, context)).toThrow(/rows: the formulas go in a circle/)
})

test('a chain of thousands of cells is no problem', () => {
  const chain = Object.fromEntries(Array.from({ length: 3000 }, (_, at) => [`A${at + 1}`, at === 0 ? 1 : `=A${at}+1`]))
  expect((cells(Object.fromEntries(Object.entries(chain).reverse())).values as Record<string, unknown>).A3000).toBe(3000)
})

test.each([
  [{ A1: '=1+' }, /A1: the formula cannot be read/],
  [{ '1A': 1 }, /not the name of a cell/],
  [{ A0: 1 }, /not the name/],
  [{ XFE1: 1 }, /outside the sheet/],
  [{ A1: 1, a1: 2 }, /given twice/],
  [{ A1: `=${'('.repeat(200)}1${')'.repeat(200)}` }, /nested more than 100/],
  [{ A1: `=${'1+'.repeat(4500)}1` }, /limit is 8192/],
  [{ A1: `=${'-'.repeat(2000)}1` }, /signs in a row/],
])('refuses sheet %#', (given, reason) => {
  expect(() => cells(given)).toThrow(reason)
})

test('neither the network, nor chance, nor texts without end', () => {
  const { values } = cells({
    A1: '=WEBSERVICE("http://example.com")',
    B1: '=RAND()',
    C1: '=RANDBETWEEN(1,2)',
    D1: '=REPT("x",1000000)',
    E1: '=REPT("x",30000)',
    F1: '=E1&E1',
  }) as { values: Record<string, unknown> }
  expect(values).toMatchObject({ A1: '#NAME?', B1: '#NAME?', C1: '#NAME?', D1: '#VALUE!', F1: '#VALUE!' })
})

test('rows of objects get a header row; numbers in text are numbers, as when typed', () => {
  expect(
    spreadsheet(
      {
        rows: [
          { name: 'a', n: '1.5' },
          { name: 'b', n: 2 },
        ],
        formula: '=SUM(B2:B3)',
      },
      context,
    ),
  ).toEqual({
    values: [
      ['name', 'n'],
      ['a', 1.5],
      ['b', 2],
    ],
    result: 3.5,
    errors: [],
  })
})
