import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('./', import.meta.url), handlers)
const NY = { time_zone: 'America/New_York' }

test.each([
  [
    { date: '2024-01-31', amount: 1, unit: 'month' },
    { iso: '2024-02-29', clamped: true },
  ],
  [
    { date: '2024-03-31', amount: -1, unit: 'months' },
    { iso: '2024-02-29', clamped: true },
  ],
  [
    { date: '2024-02-29', amount: 1, unit: 'year' },
    { iso: '2025-02-28', clamped: true },
  ],
  [
    { date: '2024-02-29', amount: -4, unit: 'years' },
    { iso: '2020-02-29', clamped: false },
  ],
  [
    { date: '2024-01-31', amount: 1, unit: 'quarter' },
    { iso: '2024-04-30', clamped: true },
  ],
  [{ date: '2024-03-05', amount: 36, unit: 'hours' }, { iso: '2024-03-06T12:00:00Z' }],
  [{ date: '2024-03-05', amount: 1.5, unit: 'hrs' }, { iso: '2024-03-05T01:30:00Z' }],
  [{ date: '03/04/2024', amount: 1, unit: 'day', order: 'dmy' }, { iso: '2024-04-04' }],
  [{ date: '2024-03-09 12:00', amount: 1, unit: 'day', ...NY }, { iso: '2024-03-10T12:00:00-04:00' }],
  [{ date: '2024-03-09 12:00', amount: 24, unit: 'hours', ...NY }, { iso: '2024-03-10T13:00:00-04:00' }],
  [{ date: '2024-11-03T01:30:00-05:00', amount: 0, unit: 'day', ...NY }, { iso: '2024-11-03T01:30:00-05:00' }],
  [{ date: '2018-11-03', amount: 1, unit: 'day', time_zone: 'America/Sao_Paulo' }, { iso: '2018-11-04' }],
  [{ date: '2018-11-04', amount: 1, unit: 'hour', time_zone: 'America/Sao_Paulo' }, { iso: '2018-11-04T02:00:00-02:00' }],
])('add %j', async (input, expected) => {
  const answer = await call('/add', input)
  expect(answer).toMatchObject(expected)
  expect(answer.warnings).toBeUndefined()
})

test.each([
  [{ date: '2024-03-09 02:30', amount: 1, unit: 'day', ...NY }, '2024-03-10T03:30:00-04:00', /does not exist/],
  [{ date: '2024-11-02 01:30', amount: 1, unit: 'day', ...NY }, '2024-11-03T01:30:00-04:00', /comes twice/],
  [{ date: '03/04/2024', amount: 1, unit: 'day' }, '2024-03-05', /may be day 3, month 4/],
  [{ date: 'March 2024', amount: 1, unit: 'day' }, '2024-03-02', /whole month/],
])('add %j gives %s with a warning', async (input, iso, warning) => {
  expect(await call('/add', input)).toMatchObject({ iso, warnings: [expect.stringMatching(warning)] })
})

test.each([
  [
    { from: '2024-03-09', to: '2024-03-11', ...NY },
    { value: 2, whole: 2, days: 2, business_days: 1 },
  ],
  [
    { from: '2024-03-05T10:00Z', to: '2024-03-05T12:30Z', unit: 'hours' },
    { value: 2.5, whole: 2, days: 0 },
  ],
  [
    { from: '2024-03-05', to: '2024-03-01' },
    { value: -4, days: -4, business_days: -3 },
  ],
  [
    { from: '2024-03-09 12:00', to: '2024-03-10 12:00', unit: 'hours', ...NY },
    { value: 23, days: 1 },
  ],
  [
    { from: '2024-03-09 12:00', to: '2024-03-10 12:00', unit: 'days', ...NY },
    { value: 1, days: 1 },
  ],
  [
    { from: '2024-01-31', to: '2024-02-29', unit: 'months' },
    { value: 1, whole: 1, days: 29 },
  ],
  [
    { from: '2020-02-29', to: '2024-02-28', unit: 'years' },
    { whole: 3, calendar: expect.objectContaining({ years: 3, months: 11, days: 30 }) },
  ],
  [
    { from: '2024-03-05', to: '2024-03-06 12:30', unit: 'days' },
    { whole: 1, calendar: expect.objectContaining({ days: 1, hours: 12, minutes: 30 }) },
  ],
  [
    { from: '2024-03-05T23:00:00-05:00', to: '2024-03-06T13:30:00+09:00', unit: 'minutes' },
    { value: 30, days: 0, warnings: [expect.any(String)] },
  ],
])('diff %j', async (input, expected) => {
  expect(await call('/diff', input)).toMatchObject(expected)
})

test.each([
  ['/add', { date: 'never', amount: 1, unit: 'day' }, /date: "never"/],
  ['/add', { date: '2024-01-01', amount: 1e9, unit: 'years' }, /years 1 to 9999/],
  ['/add', { date: '2024-01-01', amount: 1e300, unit: 'hours' }, /years 1 to 9999/],
  ['/add', { date: '9999-12-31', amount: 1, unit: 'day' }, /years 1 to 9999/],
  ['/add', { date: '0001-01-01', amount: -1, unit: 'second' }, /years 1 to 9999/],
  ['/add', { date: '2024-01-01', amount: 1.5, unit: 'days' }, /whole number/],
  ['/add', { date: '2024-01-01', amount: 1, unit: 'moons' }, /unknown unit/],
  ['/add', { date: '2024-01-01', amount: 1, unit: 'm' }, /unknown unit/],
  ['/diff', { from: '2024-01-01', to: '2024-02-30' }, /to: .* no day 30/],
])('%s %j is refused', async (path, input, reason) => {
  await expect(call(path, input)).rejects.toThrow(reason)
})
