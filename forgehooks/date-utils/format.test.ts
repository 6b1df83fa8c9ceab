import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('./', import.meta.url), handlers)

test.each([
  ['yyyy-MM-dd HH:mm:ss.SSS', '2024-03-05 14:05:09.007'],
  ["cccc, d LLLL yyyy 'at' h:mm a", 'Tuesday, 5 March 2024 at 2:05 PM'],
  ["'it''s' ''yy''", "it's '24'"],
  ['[Today is] dddd', 'Today is Tuesday'],
  ['MMMM Do, YYYY', 'March 5th, 2024'],
  ['YYYY-MM-DD HH:mm:ss', '2024-03-05 14:05:09'],
  ['D/M/YYYY', '5/3/2024'],
  ['dd/mm/yyyy', '05/03/2024'],
  ['mmm d, yyyy', 'Mar 5, 2024'],
  ['mm:ss', '05:09'],
  ['yyyy-MM-ddTHH:mm:ssZ', '2024-03-05T14:05:09Z'],
  ["kkkk-'W'WW-c ooo q", '2024-W10-2 065 1'],
  ['%d/%m/%Y %H:%M %j %%', '05/03/2024 14:05 065 %'],
  ['%-d %B %y, %I:%M %p', '5 March 24, 02:05 PM'],
  ['iso', '2024-03-05T14:05:09Z'],
  ['RFC 2822', 'Tue, 05 Mar 2024 14:05:09 +0000'],
  ['X x', '1709647509 1709647509007'],
])('%s gives %s', async (format, text) => {
  expect((await call('/format', { date: '2024-03-05T14:05:09.007Z', format })).text).toBe(text)
})

test.each([
  ["d 'de' LLLL 'de' yyyy", 'pt-BR', '5 de março de 2024'],
  ['EEEE d MMMM', 'fr_FR', 'mardi 5 mars'],
  ['d MMMM, LLLL', 'ru', '5 марта, март'],
  ['d MMM yyyy', 'fa', '5 مارس 2024'],
])('%s in %s gives %s', async (format, locale, text) => {
  expect((await call('/format', { date: '2024-03-05', format, locale })).text).toBe(text)
})

test('the zone is that of the call, with its summer time', async () => {
  const input = { date: '2024-07-05T14:05:09Z', format: 'HH:mm ZZ ZZZZ z', time_zone: 'America/New_York' }
  expect((await call('/format', input)).text).toBe('10:05 -04:00 EDT America/New_York')
})

test.each([
  ['HH:MM', {}, /MM is the month/],
  ['foo', {}, /"f" is no part/],
  ['yyyy dd DD', {}, /both d and D/],
  ["'open", {}, /quote that is not closed/],
  ['%Q', {}, /unknown %Q/],
  ['yyyy', { locale: '!!' }, /locale/],
  ['MMMM', { locale: 'xx' }, /locale/],
])('%s with %j is refused', async (format, more, reason) => {
  await expect(call('/format', { date: '2024-03-05', format, ...more })).rejects.toThrow(reason)
})

test('a week beside the year of the day is told where the two differ', async () => {
  const said = (format: string, date: string) => call('/format', { date, format })
  expect(await said('YYYY-[W]WW', '2024-12-30')).toEqual({ text: '2024-W01', warnings: [expect.stringContaining('belongs to 2025')] })
  expect(await said('yyyy WW', '2021-01-03')).toEqual({ text: '2021 53', warnings: [expect.stringContaining('belongs to 2020')] })
  expect(await said('yyyy WW', '2024-03-05')).toEqual({ text: '2024 10' })
  expect(await said("kkkk-'W'WW", '2024-12-30')).toEqual({ text: '2025-W01' })
})
