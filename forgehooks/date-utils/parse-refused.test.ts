import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('./', import.meta.url), handlers)

test.each([
  ['2023-02-29', /no day 29/],
  ['1900-02-29', /no day 29/],
  ['2100-02-29', /no day 29/],
  ['31/04/2024', /no day 31/],
  ['31/04/24', /no day 31/],
  ['30-02-24', /no day 30/],
  ['31 April', /no day 31/],
  ['31 abr 2024', /no day 31/],
  ['13/13/2024', /neither 13 nor 13/],
  ['00/00/2024', /month 0/],
  ['2024-13-01', /month 13/],
  ['2024-13', /month 13/],
  ['20240230', /no day 30/],
  ['2023-366', /no day 366/],
  ['2024-000', /no day 0/],
  ['2024-W53', /no week 53/],
  ['2021-W53-1', /no week 53/],
  ['2024-W10-8', /no day 8/],
  ['Q5 2024', /no quarter 5/],
  ['0000-01-01', /year 0/],
  ['2024-03-05 25:00', /hour 25/],
  ['2024-03-05 14:60', /minute 60/],
  ['2024-03-05T24:00:01', /nothing after it/],
  ['2024-03-05T10:15:60Z', /second 60/],
  ['2024-06-30T23:59:60Z', /leap second/],
  ['2024-03-05 13:00 pm', /hour 13/],
  ['2024-03-05 0am', /hour 0/],
  ['2024-03-05T10:00:00+25:00', /offset/],
  ['2024-03-05T10:00:00-04:00[America/New_York]', /not that of America\/New_York/],
  ['2024-03-05 10:00 IST', /India .* Israel/],
  ['2024-03-05 10:00 XYZ', /not a time zone/],
  ['Monday 5 March 2024', /is a Tuesday/],
  ['5th monday of may 2024', /has no 5th monday/],
  ['31st of next month', /no day 31/],
  ['۱۴۰۲/۱۲/۱۵', /another calendar/],
  ['', /empty/],
])('%s does not exist: %s', async (text, reason) => {
  await expect(call('/parse', { text })).rejects.toThrow(reason)
})

test.each([
  '2024-03-05T14:30:00 garbage',
  '2024-03-05 foo',
  '2024-03-05/2024-03-06',
  '5 March 2024 - 6 March 2024',
  'March 5-17',
  'March 5-17 2024',
  'March 5 2024 2030',
  'May 5 2024 10',
  '2024-03-05 9:5',
  '2024-03-05T10:15:00.Z',
  '2024/03-05',
  '1.2.3',
  '192.168.1.1',
  '10 20 30',
  '12345',
  '240305',
  '12.05',
  '1/2',
  'hello',
  'Febuary 5 2024',
  'the meeting is on March 5 2024 or so',
  'tomorrow or friday',
  'tomorrow at 3',
  'tomorrow morning',
  'tomorrow the 8th',
  'next blursday',
  'in 3 moons',
  'friday 13',
  'next week at 3pm',
  'March 2024 10:30',
])('%s is not understood as a whole, and not in part', async (text) => {
  await expect(call('/parse', { text })).rejects.toThrow(/text: ".*" cannot be read as a date/)
})

test.each([
  [{ text: 2024 }, /year or counts/],
  [{ text: 1500 }, /epoch/],
  [{ text: -86400000 }, /numbers/],
  [{ text: 60, numbers: 'excel' }, /1900-02-29/],
  [{ text: '12/25/2024', order: 'dmy' }, /month 25/],
  [{ text: '03/04/2024', order: 'ymd' }, /does not begin with the year/],
  [{ text: '2024-03-10 02:30', time_zone: 'America/New_York' }, /does not exist in America\/New_York/],
  [{ text: '2024-03-05', time_zone: 'Mars/Base' }, /time_zone: unknown time zone/],
  [{ text: 'tomorrow', reference: 'yesterday' }, /reference: "yesterday" is not an ISO 8601 date/],
  [{ text: 'Feb 29', reference: '2023-05-01' }, /no day 29/],
])('%j is refused', async (input, reason) => {
  await expect(call('/parse', input)).rejects.toThrow(reason)
})
