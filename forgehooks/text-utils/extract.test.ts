import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

type Found = { type: string; value: string; start: number; end: number; [more: string]: unknown }
const call = caller(new URL('./', import.meta.url), handlers)
async function found(text: string, type?: string): Promise<Found[]> {
  const { matches } = (await call('/extract', { text, ...(type ? { types: [type] } : {}) })) as { matches: Found[] }
  for (const { value, start, end } of matches) expect(text.slice(start, end)).toBe(value)
  return matches
}

test.each<[string, string, string[]]>([
  ['emails', 'a.b+c@x.co.uk, <j@x.org>; a@b, mailto:bob@site.io. é😀 x@y.co', ['a.b+c@x.co.uk', 'j@x.org', 'bob@site.io', 'x@y.co']],
  [
    'urls',
    'https://a.b/c?d=1#e. (http://en.wikipedia.org/wiki/Foo_(bar)), www.t.com! http://',
    ['https://a.b/c?d=1#e', 'http://en.wikipedia.org/wiki/Foo_(bar)', 'www.t.com'],
  ],
  [
    'phone',
    '+1 (555) 123-4567, 555.123.4567, 020 7946 0958, 01.23.45.67.89, 2024-03-05, 12345678',
    ['+1 (555) 123-4567', '555.123.4567', '020 7946 0958', '01.23.45.67.89'],
  ],
  ['ip', '192.168.1.1 256.1.1.1 1.2.3.4.5 ::1 2001:db8::1 12:30:45 10.0.0.1:80', ['192.168.1.1', '::1', '2001:db8::1', '10.0.0.1']],
  ['hashtag', '#a1 #123 a#b #日本 (#tag)', ['#a1', '#日本', '#tag']],
  ['mention', '@ann, @b.c. x@y.co', ['@ann', '@b.c']],
  ['uuid', '550e8400-e29b-41d4-a716-446655440000 550e8400-e29b-41d4-a716-44665544000', ['550e8400-e29b-41d4-a716-446655440000']],
  ['credit_card', '4111 1111 1111 1111, 4111111111111112, 378282246310005', ['4111 1111 1111 1111', '378282246310005']],
  ['iban', 'GB82 WEST 1234 5698 7654 32 is, DE89370400440532013001', ['GB82 WEST 1234 5698 7654 32']],
  ['date', '2024-02-30 5th of March, Mar 2024, set 5 goals, 31/31/2024, you may 5', ['5th of March', 'Mar 2024']],
])('%s', async (type, text, values) => expect((await found(text, type)).map(({ value }) => value)).toEqual(values))

test.each<[string, string | null]>([
  ['2024-03-05T10:00:00Z', '2024-03-05'],
  ['05/03/2024', null],
  ['3/25/2024', '2024-03-25'],
  ['31.12.2023', '2023-12-31'],
  ['Monday, March 4, 2024', '2024-03-04'],
  ['5 de março de 2024', '2024-03-05'],
])('the day of %s', async (text, iso) => expect(await found(text, 'date')).toMatchObject([{ value: text, iso }]))

test.each<[string, number | null]>([
  ['1,234.56', 1234.56],
  ['1.234,56', 1234.56],
  ['1,234', 1234],
  ['1.234', 1.234],
  ['1 000 000', 1_000_000],
  ['12,34,567', 1_234_567],
  ['-2', -2],
  ['.5', 0.5],
  ['1e10', 1e10],
  ['50%', 50],
  ['12345678901234567890', null],
])('the number %s', async (text, number) => expect(await found(`x ${text} y`, 'number')).toMatchObject([{ value: text, number }]))

test('numbers in dates, versions, words and addresses are no numbers; those in ranges are', async () => {
  expect((await found('2024-03-05 v2.0.1 1.2.3 abc123 10.0.0.1 at 10:30', 'number')).map(({ value }) => value)).toEqual([])
  expect((await found('10-20, 3/4, 16:9, 1,2,3, 10kg', 'number')).map(({ number }) => number)).toEqual([10, 20, 3, 4, 16, 9, 1, 2, 3, 10])
})

test.each<[string, number, string | null]>([
  ['$1,200.50', 1200.5, null],
  ['€50', 50, 'EUR'],
  ['2.000 €', 2000, 'EUR'],
  ['R$ 1.234,56', 1234.56, 'BRL'],
  ['$5 million', 5e6, null],
  ['£3.5m', 3.5e6, 'GBP'],
  ['-$20', -20, null],
  ['100 USD', 100, 'USD'],
  ['99¢', 0.99, null],
])('the amount %s', async (text, amount, currency) => expect(await found(`(${text})`, 'money')).toMatchObject([{ value: text, amount, currency }]))
