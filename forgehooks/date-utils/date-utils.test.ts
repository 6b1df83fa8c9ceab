import { describe, expect, test } from 'vitest'
import { context, testManifest } from '../lib/expression-examples.ts'
import handlers from './index.ts'

testManifest(new URL('.', import.meta.url), handlers)

const call = (path: string, input: unknown) => handlers[path]?.(input, context) as any
const parse = (text: string | number, more = {}) => call('/parse', { text, ...more })

describe('parse', () => {
  test.each([
    ['1/15/24', '2024-01-15'],
    ['2024-02-20', '2024-02-20'],
    ['March 5 2024', '2024-03-05'],
    ['March 5th, 2024', '2024-03-05'],
    ['5 Mar 2024', '2024-03-05'],
    ['5th of March 2024', '2024-03-05'],
    ['05.03.2024', '2024-03-05'],
    ['5-Mar-24', '2024-03-05'],
    ['2024/03/05', '2024-03-05'],
    ['2024-3-5', '2024-03-05'],
    ['2024-W10-3', '2024-03-06'],
    ['2024-065', '2024-03-05'],
    ['20240305', '2024-03-05'],
    ['25/12/2024', '2024-12-25'],
    ['29/02/2024', '2024-02-29'],
    ['5 de março de 2024', '2024-03-05'],
    ['15 fev 2024', '2024-02-15'],
    ['5. März 2024', '2024-03-05'],
    ['Tuesday, 5 March 2024', '2024-03-05'],
    ['1/2/69', '1969-01-02'],
    ['1/2/68', '2068-01-02'],
    ['２０２４-03-05', '2024-03-05'],
  ])('%s is the day %s', (text, iso) => {
    expect(parse(text)).toMatchObject({ iso, date: iso, has_time: false, kind: 'date' })
  })

  test.each([
    ['20240305T101500Z', '2024-03-05T10:15:00Z'],
    ['2024-03-05 14:30', '2024-03-05T14:30:00Z'],
    ['2024-03-05T14:30:00.250Z', '2024-03-05T14:30:00.250Z'],
    ['2024-03-05T23:30:00-05:00', '2024-03-05T23:30:00-05:00'],
    ['2024-03-05 14:30 America/New_York', '2024-03-05T14:30:00-05:00'],
    ['2024-03-05 3pm EST', '2024-03-05T15:00:00-05:00'],
    ['03/15/2024 2:30:05 p.m.', '2024-03-15T14:30:05Z'],
    ['5 de março de 2024 às 14h30', '2024-03-05T14:30:00Z'],
    ['Tue, 5 Mar 2024 10:15:00 GMT', '2024-03-05T10:15:00Z'],
    ['Tue Mar 05 2024 10:15:00 GMT+0100 (Central European Standard Time)', '2024-03-05T10:15:00+01:00'],
    ['Tue Mar 5 10:15:00 UTC 2024', '2024-03-05T10:15:00Z'],
    ['10:30 5 March 2024', '2024-03-05T10:30:00Z'],
    ['12:05 am 5 March 2024', '2024-03-05T00:05:00Z'],
    ['1709632800', '2024-03-05T10:00:00Z'],
    ['1709632800000', '2024-03-05T10:00:00Z'],
    ['20240305101500', '2024-03-05T10:15:00Z'],
  ])('%s is the moment %s', (text, iso) => {
    expect(parse(text)).toMatchObject({ iso, has_time: true, kind: 'datetime' })
  })

  test('epochs may be numbers', () => {
    expect(parse(1709632800).iso).toBe('2024-03-05T10:00:00Z')
    expect(parse(1709632800250).iso).toBe('2024-03-05T10:00:00.250Z')
    expect(() => parse(1500)).toThrow(/epoch/)
  })

  test.each([
    ['2024-W10', 'week', '2024-03-04', '2024-03-10'],
    ['2020-W53', 'week', '2020-12-28', '2021-01-03'],
    ['Q3 2024', 'quarter', '2024-07-01', '2024-09-30'],
    ['2024Q3', 'quarter', '2024-07-01', '2024-09-30'],
    ['Mar-24', 'month', '2024-03-01', '2024-03-31'],
    ['fevereiro de 2024', 'month', '2024-02-01', '2024-02-29'],
    ['2024-03', 'month', '2024-03-01', '2024-03-31'],
    ['2024', 'year', '2024-01-01', '2024-12-31'],
  ])('%s is a whole %s', (text, kind, start, end) => {
    expect(parse(text)).toMatchObject({ kind, iso: start, start, end, has_time: false })
  })

  test.each([
    ['tomorrow', '2024-03-07'],
    ['in 3 days', '2024-03-09'],
    ['2 weeks ago', '2024-02-21'],
    ['next friday at 3pm', '2024-03-15T15:00:00Z'],
    ['noon tomorrow', '2024-03-07T12:00:00Z'],
    ['hoje', '2024-03-06'],
    ['amanhã às 15h', '2024-03-07T15:00:00Z'],
    ['daqui a 3 dias', '2024-03-09'],
    ['próxima sexta', '2024-03-08'],
  ])('%s counts from the reference: %s', (text, iso) => {
    expect(parse(text).iso).toBe(iso)
    expect(parse(text, { reference: '2024-03-06T10:00:00Z' }).iso).toBe(iso)
  })

  test('the reference is looked at in the zone of the call', () => {
    expect(parse('tomorrow', { reference: '2024-03-06T02:00:00Z', time_zone: 'America/Sao_Paulo' }).iso).toBe('2024-03-06')
    expect(parse('today', { reference: '2024-03-06T12:00:00Z', time_zone: 'Pacific/Kiritimati' }).iso).toBe('2024-03-07')
  })

  test.each([
    ['2023-02-29', /no day 29/],
    ['31/04/2024', /no day 31/],
    ['13/13/2024', /neither 13 nor 13/],
    ['00/00/2024', /month 0/],
    ['2024-13-01', /month 13/],
    ['20240230', /no day 30/],
    ['2023-366', /no day 366/],
    ['2024-W53', /no week 53/],
    ['31 April 2024', /no day 31/],
    ['31 April', /form/],
    ['2024-03-05 25:00', /hour 25/],
    ['2024-03-05 14:60', /minute 60/],
    ['2024-03-05T24:00:00', /hour 24/],
    ['2024-03-05 13:00 pm', /hour 13/],
    ['Monday 5 March 2024', /is a Tuesday/],
    ['2024-03-05T14:30:00 garbage', /time zone/],
    ['2024-03-05 foo', /not a time/],
    ['1.2.3', /form/],
    ['192.168.1.1', /form/],
    ['12345', /form/],
    ['12.05', /form/],
    ['hello', /form/],
    ['', /empty/],
    ['x'.repeat(201), /200/],
    ['Q5 2024', /form/],
    ['1/2', /year is missing/],
    ['0000-01-01', /year 0/],
    ['2024-03-05T10:00:00+25:00', /time zone/],
    ['the meeting is on March 5 2024 or so', /form/],
  ])('%s is refused', (text, reason) => {
    expect(() => parse(text)).toThrow(reason)
  })

  test('doubt is said, and an order ends it', () => {
    expect(parse('02/03/2024')).toMatchObject({ iso: '2024-02-03', ambiguous: true })
    expect(parse('02/03/2024', { order: 'dmy' })).toMatchObject({ iso: '2024-03-02', ambiguous: false })
    expect(parse('24/1/2', { order: 'ymd' }).iso).toBe('2024-01-02')
    expect(parse('05.03.2024')).toMatchObject({ iso: '2024-03-05', ambiguous: false })
    expect(() => parse('12/25/2024', { order: 'dmy' })).toThrow(/month 25/)
  })

  test('gaps are refused, overlaps said', () => {
    expect(() => parse('2024-03-10 02:30', { time_zone: 'America/New_York' })).toThrow(/does not exist in America\/New_York/)
    expect(parse('2024-11-03 01:30', { time_zone: 'America/New_York' })).toMatchObject({ iso: '2024-11-03T01:30:00-04:00', ambiguous: true })
    expect(() => parse('2024-03-05', { time_zone: 'Mars/Base' })).toThrow(/time_zone: unknown time zone/)
  })
})

describe('parse_dates', () => {
  const fieldsOf = (column: Record<string, unknown[]>) => {
    const length = Math.max(...Object.values(column).map((list) => list.length))
    const rows = Array.from({ length }, (_, at) => Object.fromEntries(Object.entries(column).map(([name, list]) => [name, list[at]])))
    return call('/parse_dates', { rows }).fields
  }

  test('finds the date columns and nothing else', () => {
    expect(
      fieldsOf({
        date: ['1/15/24', '2024-02-20', 'March 5 2024'],
        amount: ['1500', '2000.50', '1,200'],
        zip: ['12345', '54321', '90210'],
        version: ['1.2.3', '10.2.24', '2.0.1'],
        id: ['20240305', '20240306', '20240307'],
      }),
    ).toEqual(['date'])
    expect(
      fieldsOf({
        invoice: ['2024-001', '2024-002'],
        ssn: ['123-45-6789', '987-65-4321'],
        phone: ['5551234567', '1709632800'],
        ip: ['10.0.0.1', '10.0.0.2'],
        year: [2024, 2023],
        name: ['May', 'April'],
      }),
    ).toEqual([])
    expect(
      fieldsOf({
        created_at: ['1709632800', 1709632801],
        orderDate: ['20240305', '20240306'],
        period: ['2024-01', '2024-02'],
        'Data de nascimento': ['05/03/1990', '25/12/1985'],
      }),
    ).toEqual(['created_at', 'orderDate', 'period', 'Data de nascimento'])
    expect(fieldsOf({ due: ['2023-02-29', '31/04/2024', '2024-01-01'] })).toEqual(['due'])
    expect(fieldsOf({ created_count: ['1234567890', '12'] })).toEqual([])
  })

  test('one value that can only be day first tells the order of its column, and of no other', () => {
    const answer = call('/parse_dates', {
      rows: [
        { a: '25/12/2024', b: '01/02/2024' },
        { a: '01/02/2024', b: '03/04/2024' },
      ],
    })
    expect(answer.rows).toEqual([
      { a: '2024-12-25', b: '2024-01-02' },
      { a: '2024-02-01', b: '2024-03-04' },
    ])
    expect(answer.ambiguous.map((item: { row: number; field: string }) => `${item.field}${item.row}`)).toEqual(['b1', 'b2'])
  })

  test('cells that cannot be read stay and are reported; the rest of the row is untouched', () => {
    const rows = [{ x: { deep: [1] }, d: '31/04/2024', y: null }, { d: 'soon', z: 1 }, { d: '' }, { d: true }, { d: '2024-01-02' }]
    const answer = call('/parse_dates', { rows, fields: ['d'] })
    expect(answer.rows).toEqual(rows)
    expect(Object.keys(answer.rows[0])).toEqual(['x', 'd', 'y'])
    expect(answer.unparsed.map((item: { row: number; reason: string }) => [item.row, item.reason])).toEqual([
      [1, '2024-04 has no day 31'],
      [2, 'it is not a date in a form that is understood'],
      [4, 'it is neither text nor a number'],
    ])
    expect(answer.changed).toBe(0)
  })

  test('relative words in a table are not dates: the table does not know its today', () => {
    expect(call('/parse_dates', { rows: [{ d: 'tomorrow' }], fields: ['d'] }).unparsed).toHaveLength(1)
  })

  test('output and zone', () => {
    const rows = [{ d: '2024-03-05T23:30:00-05:00' }, { d: '2024-03-05' }]
    const shaped = (more: object) => call('/parse_dates', { rows, ...more }).rows.map((row: { d: string }) => row.d)
    expect(shaped({})).toEqual(['2024-03-05T23:30:00-05:00', '2024-03-05'])
    expect(shaped({ output: 'date' })).toEqual(['2024-03-05', '2024-03-05'])
    expect(shaped({ output: 'datetime', time_zone: 'America/Sao_Paulo' })).toEqual(['2024-03-06T01:30:00-03:00', '2024-03-05T00:00:00-03:00'])
  })

  test('evil column names are columns', () => {
    const rows = JSON.parse('[{"__proto__":"1/15/24","constructor":"2/20/24"}]')
    const answer = call('/parse_dates', { rows })
    expect(JSON.stringify(answer.rows)).toBe('[{"__proto__":"2024-01-15","constructor":"2024-02-20"}]')
    expect(call('/parse_dates', { rows: [] }).rows).toEqual([])
    expect(() => call('/parse_dates', { rows: [{ a: 1 }], fields: ['b'] })).toThrow('fields: unknown column "b". Known columns: a')
  })
})

describe('arithmetic', () => {
  test.each([
    [{ date: '2024-01-31', amount: 1, unit: 'month' }, '2024-02-29'],
    [{ date: '2024-03-31', amount: -1, unit: 'months' }, '2024-02-29'],
    [{ date: '2024-02-29', amount: 1, unit: 'year' }, '2025-02-28'],
    [{ date: '2024-01-31', amount: 1, unit: 'quarter' }, '2024-04-30'],
    [{ date: '2024-03-05', amount: 36, unit: 'hours' }, '2024-03-06T12:00:00Z'],
    [{ date: '2024-03-09 12:00', amount: 1, unit: 'day', time_zone: 'America/New_York' }, '2024-03-10T12:00:00-04:00'],
    [{ date: '2024-03-09 12:00', amount: 24, unit: 'hours', time_zone: 'America/New_York' }, '2024-03-10T13:00:00-04:00'],
  ])('add %j', (input, iso) => {
    expect(call('/add', input).iso).toBe(iso)
  })

  test('diff counts calendar days across clock changes', () => {
    expect(call('/diff', { from: '2024-03-09', to: '2024-03-11', time_zone: 'America/New_York' })).toEqual({
      value: 2,
      whole: 2,
      unit: 'days',
      days: 2,
      business_days: 1,
    })
    expect(call('/diff', { from: '2024-03-05T10:00Z', to: '2024-03-05T12:30Z', unit: 'hours' }).value).toBe(2.5)
    expect(call('/diff', { from: '2024-03-05', to: '2024-03-01' })).toMatchObject({ value: -4, days: -4, business_days: -3 })
  })

  test('business days', () => {
    expect(call('/business_days', { from: '2024-12-23', to: '2024-12-31', holidays: ['25/12/2024', '2024-12-28'] }).business_days).toBe(6)
    expect(call('/business_days', { from: '2024-03-08', add: 1, holidays: ['2024-03-11'] })).toMatchObject({ date: '2024-03-12', weekday: 'Tuesday' })
    expect(call('/business_days', { from: '2024-03-11', add: -1 }).date).toBe('2024-03-08')
    expect(() => call('/business_days', { from: '2024-03-11' })).toThrow(/either "to"/)
  })

  test('range keeps the 31st and has a limit', () => {
    expect(call('/range', { from: '2024-01-31', to: '2024-05-31', unit: 'month' }).dates).toEqual([
      '2024-01-31',
      '2024-02-29',
      '2024-03-31',
      '2024-04-30',
      '2024-05-31',
    ])
    expect(call('/range', { from: '2024-01-03', to: '2024-01-01' }).count).toBe(3)
    expect(() => call('/range', { from: '2000-01-01', to: '2100-01-01' })).toThrow(/more than 10000/)
    expect(() => call('/range', { from: '2024-01-01', to: '2024-01-03', step: -1 })).toThrow(/leads away/)
    expect(() => call('/range', { from: '2024-01-01', to: '2024-01-03', step: 0 })).toThrow(/step/)
  })

  test.each([
    ['/add', { date: 'never', amount: 1, unit: 'day' }, /date: "never"/],
    ['/add', { date: '2024-01-01', amount: 1e9, unit: 'years' }, /years 1 to 9999/],
    ['/add', { date: '2024-01-01', amount: 1.5, unit: 'days' }, /whole number/],
    ['/add', { date: '2024-01-01', amount: 1, unit: 'moons' }, /unknown unit/],
    ['/format', { date: '2024-01-01', format: 'yyyy', locale: '!!' }, /locale/],
  ])('%s %j is refused', (path, input, reason) => {
    expect(() => call(path, input)).toThrow(reason)
  })
})

describe('zones', () => {
  test('gaps and overlaps are said', () => {
    expect(call('/convert_zone', { date: '2024-03-10 02:30', from: 'America/New_York', to: 'UTC' })).toMatchObject({
      iso: '2024-03-10T07:30:00Z',
      status: 'gap',
    })
    expect(call('/convert_zone', { date: '2024-11-03 01:30', from: 'America/New_York', to: 'UTC' })).toMatchObject({
      iso: '2024-11-03T05:30:00Z',
      status: 'overlap',
      alternative: '2024-11-03T06:30:00Z',
    })
    expect(call('/convert_zone', { date: '2024-11-03T01:30:00-05:00', from: 'America/New_York', to: 'UTC' })).toMatchObject({
      iso: '2024-11-03T06:30:00Z',
      status: 'normal',
    })
    expect(call('/convert_zone', { date: '2024-11-03 01:30 EST', from: 'America/New_York', to: 'UTC' })).toMatchObject({
      iso: '2024-11-03T06:30:00Z',
      status: 'normal',
    })
    expect(() => call('/convert_zone', { date: '2024-02-30 10:00', to: 'UTC' })).toThrow(/no day 30/)
  })

  test('now is the moment of the call, never the clock of the machine', () => {
    expect(call('/now', { time_zone: 'Pacific/Kiritimati' })).toMatchObject({
      iso: '2024-03-07T00:00:00+14:00',
      date: '2024-03-07',
      weekday: 'Thursday',
      week: '2024-W10',
      unix: 1709719200,
    })
  })
})
