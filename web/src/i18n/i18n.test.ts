import { expect, test } from 'vitest'
import { en } from './en.ts'
import { createFormat } from './format.ts'
import { pickLocale } from './locale.ts'
import { ptBR } from './pt-br.ts'

const english = createFormat('en', 'UTC')
const portuguese = createFormat('pt-BR', 'UTC')
/** Intl writes some spaces that do not break. */
const plain = (text: string) => text.replace(/[\u00a0\u202f]/g, ' ')

test.each<[chosen: string | null, wanted: string[], locale: string]>([
  [null, ['de-CH', 'pt-PT', 'en'], 'pt-BR'],
  [null, ['en-GB', 'pt-BR'], 'en'],
  [null, ['de', 'fr'], 'en'],
  [null, [], 'en'],
  ['pt-BR', ['en'], 'pt-BR'],
  ['xx', ['pt'], 'pt-BR'],
])('with %s chosen and %j wanted it is %s', (chosen, wanted, locale) => {
  expect(pickLocale(chosen, wanted)).toBe(locale)
})

test('words go with their number', () => {
  expect([0, 1, 2].map((count) => en.counts.steps(count, `${count}`))).toEqual(['0 steps', '1 step', '2 steps'])
  expect([0, 1, 2, 1_000_000].map((count) => ptBR.counts.steps(count, portuguese.number(count)))).toEqual([
    '0 etapa',
    '1 etapa',
    '2 etapas',
    '1.000.000 etapas',
  ])
})

test.each([
  [0, '0ms', '0 ms'],
  [0.25, '0.3ms', '0,3 ms'],
  [9.96, '10ms', '10 ms'],
  [999, '999ms', '999 ms'],
  [1_000, '1.0s', '1,0 s'],
  [59_940, '59.9s', '59,9 s'],
  [59_960, '1m', '1 min'],
  [65_400, '1m 5s', '1 min 5 s'],
  [3_599_600, '1h', '1 h'],
  [5_430_000, '1h 31m', '1 h 31 min'],
])('%d ms is %s, em português %s', (ms, inEnglish, inPortuguese) => {
  expect([english, portuguese].map((format) => plain(format.duration(ms)))).toEqual([inEnglish, inPortuguese])
})

test.each([
  [0, '$0.00', 'US$ 0,00'],
  [0.00123, '$0.0012', 'US$ 0,0012'],
  [0.01, '$0.01', 'US$ 0,01'],
  [1234.5, '$1,234.50', 'US$ 1.234,50'],
])('%d dollars are %s and %s', (value, inEnglish, inPortuguese) => {
  expect([english, portuguese].map((format) => plain(format.usd(value)))).toEqual([inEnglish, inPortuguese])
})

test('sizes, moments and days', () => {
  expect([999, 1_000, 999_949, 999_950].map((value) => plain(english.bytes(value)))).toEqual(['999 bytes', '1.0kB', '999.9kB', '1.0MB'])
  expect([999_949_999, 999_950_000, 31_600_000_000].map((value) => plain(english.bytes(value)))).toEqual(['999.9MB', '1.0GB', '31.6GB'])
  const now = Date.parse('2024-03-05T12:00:00Z')
  const ago = (instant: string) => plain(english.ago(instant, now))
  expect(['2024-03-05T12:00:30Z', '2024-03-05T11:59:20Z', '2024-03-05T11:01:00Z', '2024-03-04T12:00:00Z', '2024-02-01T09:30:00Z'].map(ago)).toEqual([
    'now',
    '40 sec. ago',
    '59 min. ago',
    'yesterday',
    'Feb 1, 2024, 9:30 AM',
  ])
  const away = createFormat('pt-BR', 'America/Sao_Paulo')
  expect([
    away.day('2024-03-05'),
    away.dayOfMonth('2024-03-05'),
    away.shortDay('2024-03-05T01:30:00Z'),
    away.hourMinute('2024-03-05T01:30:00Z'),
  ]).toEqual(['5 de mar. de 2024', '5 de mar.', '4 de mar.', '22:30'])
})
