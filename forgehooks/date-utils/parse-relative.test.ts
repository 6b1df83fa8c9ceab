import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('./', import.meta.url), handlers)

// Counted from Wednesday 2024-03-06T10:00:00Z.
test.each([
  ['now', '2024-03-06T10:00:00Z'],
  ['tomorrow', '2024-03-07'],
  ['the day before yesterday', '2024-03-04'],
  ['tomorrow 9am', '2024-03-07T09:00:00Z'],
  ['noon tomorrow', '2024-03-07T12:00:00Z'],
  ['yesterday at noon', '2024-03-05T12:00:00Z'],
  ['tonight at 8', '2024-03-06T20:00:00Z'],
  ['tomorrow morning at 9', '2024-03-07T09:00:00Z'],
  ['in 3 days', '2024-03-09'],
  ['2 weeks ago', '2024-02-21'],
  ['1 year, 2 months and 3 days ago', '2023-01-03'],
  ['in 90 minutes', '2024-03-06T11:30:00Z'],
  ['half an hour ago', '2024-03-06T09:30:00Z'],
  ['in 2 days and 3 hours', '2024-03-08T13:00:00Z'],
  ['2 days from now at 5pm', '2024-03-08T17:00:00Z'],
  ['in 3 business days', '2024-03-11'],
  ['next business day', '2024-03-07'],
  ['friday', '2024-03-08'],
  ['last friday', '2024-03-01'],
  ['next monday', '2024-03-11'],
  ['friday next week', '2024-03-15'],
  ['a week from tuesday', '2024-03-19'],
  ['3 days after 2024-03-05', '2024-03-08'],
  ['1 month after 2024-01-31', '2024-02-29'],
  ['2 days before the end of the month', '2024-03-29'],
  ['end of month', '2024-03-31'],
  ['start of next quarter', '2024-04-01'],
  ['last day of february 2023', '2023-02-28'],
  ['first monday of may 2024', '2024-05-06'],
  ['last friday of march 2024', '2024-03-29'],
  ['last business day of march 2024', '2024-03-29'],
  ['fifth friday of may 2024', '2024-05-31'],
  ['15th of next month', '2024-04-15'],
  ['March 5 next year', '2025-03-05'],
  ['100th day of 2024', '2024-04-09'],
  ['hoje às 14:30', '2024-03-06T14:30:00Z'],
  ['amanhã às 15h', '2024-03-07T15:00:00Z'],
  ['daqui a 3 dias', '2024-03-09'],
  ['próxima sexta', '2024-03-08'],
  ['fim do mês', '2024-03-31'],
  ['pasado mañana', '2024-03-08'],
  ['hace 3 días', '2024-03-03'],
  ['il y a 3 jours', '2024-03-03'],
  ['vendredi prochain', '2024-03-08'],
  ['morgen um 15 Uhr', '2024-03-07T15:00:00Z'],
  ['vor 3 Tagen', '2024-03-03'],
])('%s is %s', async (text, iso) => {
  expect(await call('/parse', { text })).toMatchObject({ iso, ambiguous: false })
})

test.each([
  ['next friday at 3pm', '2024-03-15T15:00:00Z', '2024-03-08T15:00:00Z'],
  ['last monday', '2024-03-04', '2024-02-26'],
  ['this monday', '2024-03-11', '2024-03-04'],
  ['wednesday', '2024-03-06', '2024-03-13'],
  ['the 15th', '2024-03-15', '2024-04-15'],
])('%s is %s, and may be %s', async (text, iso, alternative) => {
  expect(await call('/parse', { text })).toMatchObject({ iso, ambiguous: true, alternative })
})

test.each([
  ['next week', 'week', '2024-03-11', '2024-03-17'],
  ['last month', 'month', '2024-02-01', '2024-02-29'],
  ['last quarter', 'quarter', '2023-10-01', '2023-12-31'],
  ['semana passada', 'week', '2024-02-26', '2024-03-03'],
])('%s is a whole %s', async (text, kind, start, end) => {
  expect(await call('/parse', { text })).toMatchObject({ kind, start, end })
})

test.each(['March 5', 'Mar  5 10:15:00', '10:30', 'end of february', 'Q3'])(
  '%s lacks a part that is taken from the reference, and said',
  async (text) => {
    expect(await call('/parse', { text })).toMatchObject({ ambiguous: true, note: expect.stringMatching(/is written; .* assumed/) })
  },
)

test.each([
  ['tomorrow', { reference: '2024-03-06T02:00:00Z', time_zone: 'America/Sao_Paulo' }, '2024-03-06'],
  ['today', { reference: '2024-03-06T12:00:00Z', time_zone: 'Pacific/Kiritimati' }, '2024-03-07'],
  ['tomorrow at 9am', { reference: '2024-03-05T22:00:00-05:00' }, '2024-03-06T09:00:00-05:00'],
  ['next friday at 3pm', { reference: '2024-03-02' }, '2024-03-08T15:00:00Z'],
  ['in 24 hours', { reference: '2024-03-09T12:00:00', time_zone: 'America/New_York' }, '2024-03-10T13:00:00-04:00'],
])('%s with %j is %s', async (text, more, iso) => {
  expect((await call('/parse', { text, ...more })).iso).toBe(iso)
})
