import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('./', import.meta.url), handlers)
const from = 'America/New_York'

test.each([
  [
    { date: '2024-03-10 02:30', from, to: 'UTC' },
    { iso: '2024-03-10T07:30:00Z', status: 'gap' },
  ],
  [
    { date: '2011-12-30 10:00', from: 'Pacific/Apia', to: 'UTC' },
    { iso: '2011-12-30T20:00:00Z', status: 'gap' },
  ],
  [
    { date: '2024-11-03 01:30', from, to: 'UTC' },
    { iso: '2024-11-03T05:30:00Z', status: 'overlap', alternative: '2024-11-03T06:30:00Z' },
  ],
  [
    { date: '2024-04-07 01:45', from: 'Australia/Lord_Howe', to: 'UTC' },
    { iso: '2024-04-06T14:45:00Z', status: 'overlap' },
  ],
  [
    { date: '2024-11-03T01:30:00-05:00', from, to: 'UTC' },
    { iso: '2024-11-03T06:30:00Z', status: 'normal' },
  ],
  [
    { date: '2024-11-03 01:30 EST', from, to: 'UTC' },
    { iso: '2024-11-03T06:30:00Z', status: 'normal' },
  ],
  [
    { date: '2024-03-05 10:00', from: 'New York', to: 'Tokyo' },
    { iso: '2024-03-06T00:00:00+09:00', weekday: 'Wednesday' },
  ],
  [
    { date: '2024-03-05 10:00', to: 'Asia/Kathmandu' },
    { iso: '2024-03-05T15:45:00+05:45', offset: '+05:45' },
  ],
  [
    { date: '1709632800', to: '+05:30' },
    { iso: '2024-03-05T15:30:00+05:30', time: '15:30:00' },
  ],
  [{ date: '05/03/2024 10:00', to: 'UTC', order: 'dmy' }, { iso: '2024-03-05T10:00:00Z' }],
])('%j', async (input, expected) => {
  expect(await call('/convert_zone', input)).toMatchObject(expected)
})

test.each([
  [{ date: '2024-02-30 10:00', to: 'UTC' }, /no day 30/],
  [{ date: '2024-03-05 10:00', to: 'IST' }, /to: .*India/],
  [{ date: '2024-03-05 10:00', to: 'local' }, /to: unknown time zone/],
  [{ date: '2024-03-05 10:00', to: '+14:30' }, /to: unknown time zone/],
  [{ date: '9999-12-31 23:00', to: 'Asia/Tokyo' }, /years 1 to 9999/],
])('%j is refused', async (input, reason) => {
  await expect(call('/convert_zone', input)).rejects.toThrow(reason)
})

test('now is the moment of the call, never the clock of the machine', async () => {
  expect(await call('/now', { time_zone: 'Pacific/Kiritimati' })).toMatchObject({
    iso: '2024-03-07T00:00:00+14:00',
    date: '2024-03-07',
    weekday: 'Thursday',
    week: '2024-W10',
    unix: 1709719200,
  })
})
