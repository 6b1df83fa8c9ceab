import { describe, expect, test } from 'vitest'
import { testContext } from '../../lib/hook-test.ts'
import { spreadsheet } from '../spreadsheet.ts'

const cells = Object.fromEntries(
  [3, 1, 2, 9, 7].flatMap((value, at) => [
    [`A${at + 1}`, at + 1],
    [`B${at + 1}`, value],
  ]),
)
Object.assign(cells, { C1: '=NA()', C2: 10, C3: '=1/0', C4: 20, C5: 'x' })
const answer = (formula: string) => spreadsheet({ cells, formula }, testContext())
const work = (formula: string) => answer(formula).result

/** Each answer was found by asking LibreOffice 7.4 and Gnumeric 1.12, and is the one that Excel documents where these two differ. */
function agrees(formula: string, expected: unknown) {
  const result = work(formula)
  if (typeof expected === 'number' && !Number.isInteger(expected)) expect(result).toBeCloseTo(expected, 12)
  else expect(result).toEqual(expected)
}

describe('blank cells beyond those in use', () => {
  test.each([
    ['SUMPRODUCT(--(A1:A20=""))', 15],
    ['SUM((A1:A20<>3)*1)', 19],
    ['AND(A1:A20>0)', false],
    ['TEXTJOIN(",",FALSE,A4:A7)', '4,5,,'],
    ['IF(A4:A7="","e","f")', [['f'], ['f'], ['e'], ['e']]],
    ['CORREL(A1:A3,A4:A6)', 1],
    ['SUMX2MY2(A1:A3,D1:D3)', 0],
    ['SUMPRODUCT(A1:A3,B4:B6)', 23],
    // Of a whole column only the cells in use are looked at, where the blank ones add nothing.
    ['SUMPRODUCT((A:A>3)*B:B)', 16],
    ['SUMPRODUCT((A:A>3)*1,B:B)', 16],
    ['LOOKUP(2,1/(A:A<>""),B:B)', 7],
    ['FILTER(A:A,B:B>5)', [[4], [5]]],
    ['SUM(1/A:A)', '#DIV/0!'],
  ])('%s', agrees)

  test('a million blank cells that would count are told, not guessed', () => {
    expect(answer('SUMPRODUCT(--(A:A=""))')).toMatchObject({ result: '#NUM!', errors: [{}, {}, { message: expect.stringContaining('A1:A100') }] })
  })
})

describe('criteria', () => {
  test.each([
    ['COUNTIF(C1:C5,"#N/A")', 1],
    ['COUNTIF(C1:C5,"#div/0!")', 1],
    ['COUNTIF(C1:C5,"<>#N/A")', 4],
    ['SUMIF(C1:C2,"<>#N/A")', 10],
    ['SUMIFS(C1:C5,C1:C5,"<>#N/A",C1:C5,"<>#DIV/0!")', 30],
  ])('%s', agrees)
})

describe('lookups', () => {
  test.each([
    ['LOOKUP(9.99E+307,B1:B5)', 7],
    ['MATCH(100,B1:B5)', 5],
    ['MATCH(8,B1:B5)', '#N/A'],
    ['VLOOKUP(100,B1:C5,2)', 'x'],
    ['ADDRESS(2,3,1,FALSE)', 'R2C3'],
    ['ADDRESS(2,3,4,FALSE)', 'R[2]C[3]'],
    ['ADDRESS(2,3,2,FALSE)', 'R2C[3]'],
    ['ADDRESS(2,3,1,TRUE,"Sheet 2")', "'Sheet 2'!$C$2"],
    ['ADDRESS(2,3,1,TRUE,"Data")', 'Data!$C$2'],
    ['FREQUENCY({1,1,5,9},{5;1;5})', [[1], [2], [0], [1]]],
  ])('%s', agrees)
})

describe('dates', () => {
  test.each([
    ['YEARFRAC(45351,45657,0)', 301 / 360],
    ['YEARFRAC(36585,36891)', 301 / 360],
    ['YEARFRAC(45351,45716,0)', 1],
    ['YEARFRAC(45350,45657,0)', 303 / 360],
    ['YEARFRAC(45322,45382,0)', 60 / 360],
    ['ISOWEEKNUM(1)', 52],
    ['ISOWEEKNUM(2)', 1],
    ['DATEVALUE("5-JUL")', 45_478],
    ['DATEVALUE("Mar 24")', 45_375],
    ['DATEVALUE("7/5")', 45_478],
    ['DATEVALUE("2/30")', '#VALUE!'],
    ['DATEVALUE("Jan 2024")', 45_292],
    ['TIMEVALUE("24:00")', 0],
    ['TIMEVALUE("25:00")', 1 / 24],
    ['VALUE("25:30:10")', 91_810 / 86_400],
    ['VALUE("13:00 PM")', '#VALUE!'],
  ])('%s', agrees)
})

describe('numbers', () => {
  test.each([
    ['ARABIC("IC")', 99],
    ['ARABIC("LDVLIV")', 499],
    ['ARABIC("-MCMXCIV")', -1994],
    ['COMBINA(-1,0)', '#NUM!'],
    ['COMBINA(0,0)', 1],
    ['VALUE("1 1/2")', 1.5],
    ['VALUE("-2 3/4")', -2.75],
    ['VALUE("1 1/0")', '#VALUE!'],
    ['FVSCHEDULE(1000,C4:C5)', '#VALUE!'],
    ['FVSCHEDULE(1000,{0.1,0.2})', 1320],
  ])('%s', agrees)
})
