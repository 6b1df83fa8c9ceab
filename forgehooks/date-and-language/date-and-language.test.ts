import { expect, test } from 'vitest'
import { NOW, testContext, testExamples } from '../lib/hook-test.ts'
import { detect } from './detect.ts'
import handlers from './index.ts'
import { type Options, note } from './note.ts'

testExamples(new URL('./', import.meta.url), handlers)

const run = { run_id: 'run_1', agent: { id: 'agt_1', name: 'A' }, user_id: 'usr_1', conversation_id: null, parent_run_id: null }
const say = (options: Options, input = 'x', zone = 'UTC', now = NOW, user_id: string | null = 'usr_1') =>
  note({ options, run: { ...run, user_id }, input, server: { time_zone: zone } }, now)

test.each([
  [Date.UTC(2024, 1, 29, 23, 59), 'Asia/Tokyo', 'It is Friday, 1 March 2024, 08:59 (Asia/Tokyo, UTC+09:00).'],
  [Date.UTC(2024, 0, 1, 0, 0), 'America/New_York', 'It is Sunday, 31 December 2023, 19:00 (America/New_York, UTC-05:00).'],
  [Date.UTC(2024, 6, 1, 0, 0), 'America/New_York', 'It is Sunday, 30 June 2024, 20:00 (America/New_York, UTC-04:00).'],
  [Date.UTC(2024, 0, 1, 18, 15), 'Asia/Kathmandu', 'It is Tuesday, 2 January 2024, 00:00 (Asia/Kathmandu, UTC+05:45).'],
  [Date.UTC(2024, 6, 1), 'Europe/London', 'It is Monday, 1 July 2024, 01:00 (Europe/London, UTC+01:00).'],
  [0, 'Etc/UTC', 'It is Thursday, 1 January 1970, 00:00 (UTC).'],
])('%i in %s', async (now, zone, line) => expect(await say({ language: 'none' }, 'x', zone, now)).toBe(line))

test('what is known of the reader goes before what holds for all, and of others nothing is taken', async () => {
  const options = { time_zone: 'Europe/Lisbon', language: 'pt', readers: { usr_1: { language: 'fr' }, usr_2: { time_zone: 'Asia/Tokyo' } } }
  expect(await say(options)).toMatch(/^Where the reader is, it is Wed[^]*Europe\/Lisbon[^]*French \(fr\)/)
  expect(await say(options, 'x', 'UTC', NOW, 'usr_2')).toMatch(/Asia\/Tokyo[^]*Portuguese \(pt\)/)
  expect(await say(options, 'x', 'UTC', NOW, null)).toMatch(/Europe\/Lisbon[^]*Portuguese \(pt\)/)
  expect(await say(options, 'x', 'UTC', NOW, '__proto__')).toMatch(/Europe\/Lisbon/)
})

test.each([
  [{ time_zone: 'Mars/Olympus' }, /time_zone: 'Mars\/Olympus' is no time zone/],
  [{ language: 'klingon-ish!' }, /language: 'klingon-ish!' is no language/],
  [{ language: 'qx' }, /language: 'qx' is no language/],
])('%j is refused', async (options, message) => {
  await expect(say(options)).rejects.toThrow(message)
})

test.each([
  ['Preciso de um resumo do relatório de vendas, por favor.', 'pt'],
  ['Can you summarise this report for me?', 'en'],
  ['Muchas gracias por la ayuda, ¿qué hora es?', 'es'],
  ['今日は何曜日ですか教えてください', 'ja'],
  ['hi', undefined],
  ['', undefined],
  ['12 + 30 = ?', undefined],
  ['```sql\nSELECT name FROM users WHERE language = 3\n```', undefined],
  ['https://example.com/the/quick/brown/fox/jumps/over', undefined],
])('%j is in %s', async (text, language) => expect(await detect(text)).toBe(language))

test('a question of any length is read in no time', async () => {
  const { system } = (await handlers['/agent_initialization'](
    { options: {}, run, input: `${'`'.repeat(100_000)}${'a@'.repeat(100_000)}`, server: { time_zone: 'UTC' } },
    testContext(),
  )) as { system: string }
  expect(system).toMatch(/^It is Wednesday/)
})
