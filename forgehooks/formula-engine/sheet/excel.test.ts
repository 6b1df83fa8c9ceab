import { describe, expect, test } from 'vitest'
import { testContext } from '../../lib/hook-test.ts'
import { spreadsheet } from '../spreadsheet.ts'

const cells = {
  A1: 10,
  A2: 20,
  A3: 30,
  B1: 'x',
  B2: 'Y',
  B3: 'x',
  C1: 'apple',
  C2: 'Banana',
  C3: 'cherry',
  D1: '2024-01-15',
  D2: '2024-03-01',
  E1: '$20',
  F1: '=1/0',
}
const work = (formula: string) => spreadsheet({ cells, formula }, testContext()).result

/** Each answer is from Excel's own documentation, or was worked out apart (Python's decimal, fractions and statistics). */
function agrees(formula: string, expected: unknown) {
  const result = work(formula)
  if (typeof expected !== 'number' || Number.isInteger(expected)) expect(result).toEqual(expected)
  else expect(Math.abs((result as number) - expected)).toBeLessThanOrEqual(Math.abs(expected) * 1e-12)
}

describe('arithmetic', () => {
  test.each([
    ['-2^2', 4],
    ['2^3^2', 64],
    ['0-2^2', -4],
    ['10%', 0.1],
    ['5%%', 0.0005],
    ['--"3"', 3],
    ['"a"="A"', true],
    ['"z"<TRUE', true],
    ['1="1"', false],
    ['0^0', '#NUM!'],
    ['0^-1', '#DIV/0!'],
    ['0.1+0.2=0.3', true],
    ['1-0.9-0.1', 0],
    ['INT(1/3*3)', 1],
    ['ROUND(1.005,2)', 1.01],
    ['ROUND(2.675,2)', 2.68],
    ['ROUND(-2.5,0)', -3],
    ['ROUNDUP(-3.14159,1)', -3.2],
    ['INT(-8.9)', -9],
    ['TRUNC(-8.9)', -8],
    ['MOD(-3,2)', 1],
    ['MOD(3,-2)', -1],
    ['MOD(0.3,0.1)', 0],
    ['CEILING(-2.5,-2)', -4],
    ['CEILING(-2.5,2)', -2],
    ['FLOOR(-2.5,-2)', -2],
    ['FLOOR(-2.5,2)', -4],
    ['FLOOR(2.5,-2)', '#NUM!'],
    ['MROUND(1.3,0.2)', 1.4],
    ['MROUND(5,-2)', '#NUM!'],
    ['FACT(171)', '#NUM!'],
    ['1E400', '#NUM!'],
    ['99^999', '#NUM!'],
    ['2^53+1', '9007199254740993'],
    ['DEC2HEX(-54)', 'FFFFFFFFCA'],
    ['SIN(PI())', 0],
    ['SQRT(2)^2=2', true],
  ])('%s', agrees)
})

describe('text and formats', () => {
  test.each([
    ['TEXT(1234.567,"$#,##0.00")', '$1,234.57'],
    ['TEXT(-1234.5,"#,##0.00;(#,##0.00)")', '(1,234.50)'],
    ['TEXT(4.34,"# ?/?")', '4 1/3'],
    ['TEXT(12200000,"0.00E+00")', '1.22E+07'],
    ['TEXT(1234567898,"[<=9999999]###-####;(###) ###-####")', '(123) 456-7898'],
    ['TEXT(12345678,"0.0,,")', '12.3'],
    ['TEXT(-2.5,"0")', '-3'],
    ['TEXT(45356,"dddd, mmmm d, yyyy")', 'Tuesday, March 5, 2024'],
    ['TEXT(1.5,"[h]:mm")', '36:00'],
    ['TEXT(0.75,"h:mm AM/PM")', '6:00 PM'],
    ['TEXT("abc","0")', 'abc'],
    ['TEXT(5,"0 units")', '#VALUE!'],
    ['SEARCH("b?d","abcdbad")', 2],
    ['SEARCH("~?","a?b")', 2],
    ['PROPER("o\'brien")', "O'Brien"],
    ['SUBSTITUTE("Quarter 1, 2011","1","2",3)', 'Quarter 1, 2012'],
    ['VALUE("abc")', '#VALUE!'],
    ['"12,5"+1', '#VALUE!'],
    ['NUMBERVALUE("2.500,27",",",".")', 2500.27],
    ['DOLLAR(-1234.567,-2)', '($1,200)'],
    ['LEFT("é👍x",2)', 'é👍'],
  ])('%s', agrees)
})

describe('dates', () => {
  test.each([
    ['DATE(1900,2,29)', 60],
    ['DATE(1900,3,1)', 61],
    ['DAY(60)', 29],
    ['DATE(2008,14,2)', 39846],
    ['EDATE(DATE(2024,1,31),1)', 45351],
    ['DATEDIF(DATE(2001,6,1),DATE(2002,8,15),"YD")', 75],
    ['DATEDIF(DATE(2024,1,31),DATE(2024,2,29),"M")', 0],
    ['YEARFRAC(DATE(2012,1,1),DATE(2012,7,30))', 0.5805555555555556],
    ['YEARFRAC(DATE(2012,1,1),DATE(2012,7,30),1)', 0.5765027322404371],
    ['DAYS360(DATE(2011,1,30),DATE(2011,2,1))', 1],
    ['WEEKNUM(DATE(2012,3,9),2)', 11],
    ['ISOWEEKNUM(DATE(2021,1,3))', 53],
    ['NETWORKDAYS.INTL(DATE(2006,1,1),DATE(2006,2,1),7,{"2006/1/2","2006/1/16"})', 22],
    ['WORKDAY(DATE(2008,10,1),151,{39778,39786,39834})', 39938],
    ['DATEVALUE("2024-02-30")', '#VALUE!'],
    ['TIMEVALUE("2:24 AM")', 0.1],
    ['MAX(D1:D2)', 45352],
    ['COUNTIF(D1:D2,">="&DATE(2024,2,1))', 1],
  ])('%s', agrees)
})

describe('finance', () => {
  test.each([
    ['PMT(0.08/12,10,10000)', -1037.03208935915],
    ['PMT(0,10,1000)', -100],
    ['FV(0.06/12,10,-200,-500,1)', 2581.40337406012],
    ['PV(0.08/12,12*20,500,,0)', -59777.1458511878],
    ['NPER(0.12/12,-100,-1000,10000,1)', 59.6738656742946],
    ['RATE(4*12,-200,8000)*12', 0.09241766985842453],
    ['PPMT(0.08,10,10,200000)', -27598.0534624214],
    ['CUMIPMT(0.09/12,30*12,125000,13,24,0)', -11135.2321307508],
    ['IRR({-70000,12000,15000},-0.1)', -0.4435069413347405],
    ['IRR({1,2,3})', '#NUM!'],
    ['MIRR({-120000,39000,30000,21000,37000,46000},0.1,0.12)', 0.126094130365905],
    ['XNPV(0.09,{-10000,2750,4250,3250,2750},{39448,39508,39751,39859,39904})', 2086.64760203153],
    ['XIRR({-10000,2750,4250,3250,2750},{39448,39508,39751,39859,39904})', 0.37336253351883153],
    ['DB(1000000,100000,6,1,7)', 186083.333333333],
    ['DDB(2400,300,10,10)', 22.1225472],
    ['VDB(2400,300,10,0,0.875,1.5)', 315],
  ])('%s', agrees)
})

describe('lookup, conditions and errors', () => {
  test.each([
    ['VLOOKUP("BAN*",C1:C3,1,FALSE)', 'Banana'],
    ['VLOOKUP(25,A1:C3,3)', 'Banana'],
    ['VLOOKUP(5,A1:C3,3)', '#N/A'],
    ['VLOOKUP(20,A1:C3,9,FALSE)', '#REF!'],
    ['MATCH(20,{30,10,20})', '#N/A'],
    ['XLOOKUP(15,A1:A3,C1:C3,,1)', 'Banana'],
    ['INDEX(C1:C3,MATCH(30,A1:A3,0))', 'cherry'],
    ['SUM(INDEX(A1:C3,0,1))', 60],
    ['SUMIF(B1:B3,"X",A1)', 40],
    ['COUNTIF(A1:A5,"<>20")', 4],
    ['COUNTBLANK(A:A)', 1_048_573],
    ['SUM(SUMIF(B1:B3,{"x","y"},A1:A3))', 60],
    ['SUMPRODUCT((B1:B3="x")*A1:A3)', 40],
    ['IF("abc",1,2)', '#VALUE!'],
    ['IF(FALSE,1)', false],
    ['CHOOSE(2,"a","b")', 'b'],
    ['OR(1=1,1/0)', '#DIV/0!'],
    ['COUNT(F1,1)', 1],
    ['SUM(A1:XFD1048576)', '#DIV/0!'],
    ['PERCENTILE.EXC({1,2,3},0.1)', '#NUM!'],
    ['MODE(1,2,3)', '#N/A'],
    ['SKEW({3,4,5,2,3,4,5,6,4,7})', 0.359543071406797],
    ['NORM.S.INV(0.9088)', 1.333401745213609],
    ['A1:A3*2', [[20], [40], [60]]],
    ['OFFSET(A1,1,0)', '#NAME?'],
    ['LET(x,1,x)', '#NAME?'],
    ['constructor', '#NAME?'],
    ['A1.constructor', '#NAME?'],
    ['__proto__', '#NAME?'],
  ])('%s', agrees)

  test.each(['x:=5', 'A1["x"]', '"abc', 'SUM(A1;A2)', 'SUM(A1:A3', 'SUM()', 'A1==5', '{1,2;3}', 'A1.b'])(
    '%s cannot be read, or means nothing',
    (formula) => {
      if (formula === 'A1.b') expect(work(formula)).toBe('#NAME?')
      else expect(() => work(formula)).toThrow(/formula: /)
    },
  )

  test('what is left out of a sum is told', () => {
    expect(spreadsheet({ cells, formula: 'SUM(E1:E1,5)' }, testContext())).toMatchObject({ result: 5, warnings: [expect.stringMatching(/"\$20"/)] })
  })
})

test.each(['SEARCH("*a*a*a*a*a*a*a*b",REPT("a",32767))', 'FACT(1E9)', 'COMBIN(1000000,500000)', 'SUM(SEQUENCE(1E5,1E5))', '9^(9^9)', 'SIN(1E300)'])(
  '%s ends in an error, at once',
  (formula) => {
    expect(work(formula)).toMatch(/^#/)
  },
)

test('ten thousand tenths are a thousand', () => {
  expect(spreadsheet({ rows: Array.from({ length: 10_000 }, () => [0.1]), formula: 'SUM(A:A)' }, testContext()).result).toBe(1000)
})
