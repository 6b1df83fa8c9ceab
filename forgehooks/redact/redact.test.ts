import { describe, expect, test } from 'vitest'
import { testExamples } from '../lib/hook-test.ts'
import { isCnpj, isCpf } from './find-numbers.ts'
import handlers from './index.ts'
import { kindsOf, type Options, redact } from './redact.ts'

testExamples(new URL('./', import.meta.url), handlers)

const clean = (text: string, options: Options = {}) => redact(text, kindsOf(options)).text
// Put together here, so that no scanner of repositories takes them for real ones.
const r = (letter: string, times: number) => letter.repeat(times)
const token = `${btoa('{"alg":"HS256","typ":"JWT"}').replaceAll('=', '')}.${btoa('{"sub":"1"}').replaceAll('=', '')}.${r('s', 43)}`
const pem = ['-----BEGIN RSA PRIVATE KEY-----', r('M', 64), r('I', 64), `${r('E', 20)}==`, '-----END RSA PRIVATE KEY-----']

describe('keys', () => {
  test.each([
    ['OpenAI', `sk-proj-${r('aB3_', 10)}`],
    ['OpenAI before', `sk-${r('aB3', 16)}`],
    ['Anthropic', `sk-ant-api03-${r('aB3-', 20)}AA`],
    ['OpenRouter', `sk-or-v1-${r('0f', 32)}`],
    ['AWS', 'AKIAIOSFODNN7EXAMPLE'],
    ['GitHub', `ghp_${r('aB3d', 9)}`],
    ['GitHub, fine-grained', `github_pat_${r('A1b2', 5)}_${r('c3D4', 14)}`],
    ['GitLab', `glpat-${r('aB3_', 5)}`],
    ['Slack', `xoxb-${r('1', 12)}-${r('2', 12)}-${r('aB3', 8)}`],
    ['Stripe', `sk_live_${r('aB3d', 6)}`],
    ['Google', `AIza${r('S', 35)}`],
    ['SendGrid', `SG.${r('a', 22)}.${r('b', 43)}`],
    ['npm', `npm_${r('aB3d', 9)}`],
    ['Hugging Face', `hf_${r('aB', 17)}`],
    ['Groq', `gsk_${r('aB3d', 13)}`],
    ['Telegram', `123456789:AA${r('x', 33)}`],
    ['Cadre', `cdr_0a1b2c3d_${r('aB3-', 8)}`],
  ])('%s', (_, key) => {
    for (const text of [key, `key=${key}`, `"${key}"`, `(${key}).`, `KEY: ${key}\n`])
      expect(clean(text)).toBe(text.replace(key, '[redacted API key]'))
    // As a chat or a mail breaks it up.
    expect(clean(`${key.slice(0, 9)}\u200b${key.slice(9)}`)).toBe('[redacted API key]')
  })
  test.each([
    ['secrets by their names', `aws_secret_access_key = "${r('aB3/', 10)}"`, 'aws_secret_access_key = "[redacted API key]"'],
    ['an Authorization header', `Authorization: Bearer ${r('aB3.', 10)}`, 'Authorization: Bearer [redacted API key]'],
    ['a password in an address', 'postgres://app:hunter2!@db:5432/x', 'postgres://app:[redacted password]@db:5432/x'],
    [
      'an address that anybody may post to',
      `https://hooks.slack.com/services/T0/B0/${r('x', 24)}`,
      'https://hooks.slack.com/services/[redacted API key]',
    ],
    ['a token', `token ${token}!`, 'token [redacted token]!'],
    ['a private key', `here:\n${pem.join('\n')}\nok?`, 'here:\n[redacted private key]\nok?'],
    ['a private key in JSON', JSON.stringify({ key: pem.join('\n') }), '{"key":"[redacted private key]"}'],
    ['a private key whose end is missing', `${pem.slice(0, 3).join('\r\n')}\r\nThat is all I have.`, '[redacted private key]\r\nThat is all I have.'],
    ['two private keys', `${pem.join('\n')}\n${pem.join('\n')}`, '[redacted private key]\n[redacted private key]'],
  ])('%s', (_, text, expected) => expect(clean(text)).toBe(expected))
})

describe('numbers', () => {
  test.each([
    '4111111111111111',
    '4111 1111 1111 1111',
    '4111-1111-1111-1111',
    '4111.1111.1111.1111',
    '4111 1111–1111 1111',
    '4111\u00a01111\u202f1111\u00a01111',
    '４１１１ １１１１ １１１１ １１１１',
    '٤١١١١١١١١١١١١١١١',
    '4\u200b111111111111\u200d111',
    '5500005555555559',
    '2221000000000009',
    '3782 822463 10005',
    '3056 930902 5904',
    '6011111111111117',
    '4 1 1 1 1 1 1 1 1 1 1 1 1 1 1 1',
    '6062826786276634',
  ])('the card %j', (card) => {
    for (const [before, after] of [
      ['', ''],
      ['card:', ', 12/27'],
      ['(', ')'],
      ['n. ', ' 12/27 123'],
      ['call 5551 ', '.'],
      ['', ' 123'],
    ])
      expect(clean(`${before}${card}${after}`)).toBe(`${before}[redacted card number]${after}`)
  })
  test.each([
    ['DE89 3704 0044 0532 0130 00', 'IBAN'],
    ['de89370400440532013000', 'IBAN'],
    ['GB82-WEST-1234-5698-7654-32', 'IBAN'],
    ['NO93 8601 1117 947', 'IBAN'],
    ['BR1800360305000010009795493C1', 'IBAN'],
    ['MT84 MALT 0110 0001 2345 MTLC AST0 01S', 'IBAN'],
    ['111.444.777-35', 'CPF'],
    ['11144477735', 'CPF'],
    ['111444777-35', 'CPF'],
    ['11.222.333/0001-81', 'CNPJ'],
    ['11222333000181', 'CNPJ'],
    ['12.ABC.345/01DE-35', 'CNPJ'],
  ])('%j is found as %s', (text, name) => {
    for (const [before, after] of [
      ['', ''],
      ['to ID42 is ', ' now'],
      ['(', ')'],
      [':', ','],
    ])
      expect(clean(`${before}${text}${after}`)).toBe(`${before}[redacted ${name}]${after}`)
  })
  test.each([
    ['111.444.777-36', false],
    ['000.000.000-00', false],
    ['52998224725', true],
    ['1234567890', false],
  ])('CPF %s: %s', (text, right) => expect(isCpf(text)).toBe(right))
  test.each([
    ['11.222.333/0001-82', false],
    ['00.000.000/0000-00', false],
    ['00.000.000/0001-91', true],
    ['12ABC34501DE35', true],
    ['12ABC34501DE36', false],
  ])('CNPJ %s: %s', (text, right) => expect(isCnpj(text)).toBe(right))
})

test.each([
  'Call me at 10:30 on 2024-03-05, order 4111-22, invoice 20240305101500.',
  'The timestamp is 1709632800000, in seconds 1709632800.',
  'pi is 3.14159265358979, and 0.4111111111111111 is no card.',
  'task-force, sk-learn-contrib-extra, risk-adjusted-return-of-the-market',
  'a commit 4f2d8a1b9c3e7f60aa11bb22cc33dd44ee55ff66 and 550e8400-e29b-41d4-a716-446655440000',
  'Use `-----BEGIN PRIVATE KEY-----` and -----END PRIVATE KEY----- around it.',
  'https://user:password@host shows where it stands; http://host:8080/a@b does not.',
  'eyJhbGciOiJub3QganNvbg.abc.def and eyJmoney.is.nice',
  'Bearer tokens are sent in the Authorization header as Authorization: Bearer <token>.',
  'AKIA is how keys of AWS begin; ghp_ those of GitHub.',
  'ana@example.com, +55 11 91234-5678',
  '4111 1111 1111 1112 has the wrong check digit; DE89 3704 0044 0532 0130 01 too.',
  'image data: data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk',
  '[redacted API key] and [redacted card number]',
  '',
])('%j stays as it is', (text) => expect(clean(text)).toBe(text))

test('what stood so close to another that it was no key by itself is found when that is gone', () => {
  const key = `sk-${r('aB3', 16)}`
  const { text, found } = redact(key + pem.join('\n'), kindsOf({}))
  expect([text, found]).toEqual([
    '[redacted API key][redacted private key]',
    [
      { kind: 'private_key', count: 1 },
      { kind: 'api_key', count: 1 },
    ],
  ])
})

test('mail and phone only where they are asked for, and any kind can be kept', () => {
  const text = 'Ana <ana.souza+x@mail.example.com.br>, (11) 91234-5678 or +44 20 7946 0958; 4111111111111111'
  expect(clean(text, { email: true, phone: true })).toBe(
    'Ana <[redacted e-mail address]>, [redacted phone number] or [redacted phone number]; [redacted card number]',
  )
  expect(clean(text, { keep: ['credit_card'] })).toBe(text)
})
