import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

const SCRIPT = `
  import dates from ${JSON.stringify(new URL('index.ts', import.meta.url).href)}
  import formulas from ${JSON.stringify(new URL('../formula-engine/index.ts', import.meta.url).href)}
  const context = { now: Date.UTC(2024, 2, 6, 23, 30), signal: new AbortController().signal, idempotencyKey: 'zone' }
  const texts = ['1/15/24', '2024-02-20', 'March 5 2024', '05.03.2024', '2024-W10', '2024-065', 'Q3 2024', '20240305', '20240305T101500Z', '1709632800', 'next friday at 3pm', 'today', 'tomorrow', 'in 3 hours',
    'March 5', '10:30', 'amanhã às 15h', '2024-03-05 14:30', '2024-03-05 3pm EST', '2024-11-03 01:30', '2024-02-18 23:30', '2011-12-30', 'next month', 'end of month', 'first monday of may', 'in 3 business days', '2024-03-05T10:15:00[Europe/Berlin]', '2018-11-04 00:30', '2020-W53-7', 'Mar 5 10:15:00', 'Q3', '2016-12-31T23:59:60Z']
  const say = (work) => { try { return work() } catch (error) { return error.message } }
  const zones = [undefined, 'America/New_York', 'Pacific/Apia']
  const parsed = texts.flatMap((text) => zones.map((time_zone) => say(() => dates['/parse']({ text, ...(time_zone ? { time_zone } : {}) }, context))))
  const others = [
    say(() => dates['/parse_dates']({ rows: texts.map((date) => ({ date })), output: 'datetime' }, context)),
    say(() => dates['/add']({ date: '2024-01-31', amount: 1, unit: 'month' }, context)),
    say(() => dates['/diff']({ from: '2024-01-01', to: '2024-11-05 10:00', unit: 'hours' }, context)),
    say(() => dates['/range']({ from: '2024-10-19', to: '2024-11-05' }, context)),
    say(() => dates['/format']({ date: '2024-03-05T23:30:00Z', format: 'cccc, d MMMM yyyy HH:mm:ss ZZ ZZZZ', locale: 'pt-BR' }, context)),
    say(() => dates['/convert_zone']({ date: '2024-03-10 02:30', from: 'America/New_York', to: 'Asia/Tokyo' }, context)),
    say(() => dates['/business_days']({ from: 'today', add: -7 }, context)),
    say(() => dates['/range']({ from: '2024-03-09 02:30', to: '2024-03-12 02:30', time_zone: 'America/New_York' }, context)),
    say(() => dates['/now']({}, context)),
    say(() => formulas['/evaluate']({ expression: 'TEXT(TODAY(),"yyyy-mm-dd") & " " & NOW() & " " & EOMONTH("2024-01-31", 1) & " " & DATEDIF("2024-01-01","2024-11-05","D")' }, context)),
    say(() => formulas['/spreadsheet']({ cells: { A1: '=TODAY()', A2: '=NOW()', A3: '=TEXT(DATE(2024,3,5),"yyyy-mm-dd")', A4: '=DATEDIF(DATE(2024,1,1),DATE(2024,11,5),"d")', A5: '=MONTH("2024-03-05")', A6: '=XIRR({-100,110},{45292,45658})', A7: '=EDATE(DATE(2024,1,31),1)', A8: '=NETWORKDAYS(DATE(2024,3,1),DATE(2024,3,31))', A9: '=DATEVALUE("2024-03-05")', B1: '=WEEKDAY(DATE(2024,3,5))', B2: '=ACCRINT(DATE(2024,1,1),DATE(2024,7,1),DATE(2024,12,31),0.1,1000,2,0)', B3: '=YEARFRAC(DATE(2024,1,1),DATE(2024,7,1))' } }, context)),
  ]
  console.log(JSON.stringify([parsed, others], null, 1))
`
const under = (zone: string) =>
  execFileSync(process.execPath, ['--input-type=module', '--eval', SCRIPT], {
    env: { ...process.env, TZ: zone, NODE_NO_WARNINGS: '1' },
    encoding: 'utf8',
  })

test('every answer is the same in Kiritimati, São Paulo, Kathmandu and UTC', () => {
  const utc = under('UTC')
  expect(utc).toContain('2024-03-05T10:15:00Z')
  expect(under('Pacific/Kiritimati')).toBe(utc)
  expect(under('America/Sao_Paulo')).toBe(utc)
  expect(under('Asia/Kathmandu')).toBe(utc)
}, 60_000)
