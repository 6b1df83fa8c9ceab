import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { kinds } from './find.ts'
import { isCpf } from './find-numbers.ts'
import { redact } from './redact.ts'
import { squeeze } from './squeeze.ts'

const digits = (length: number) => fc.stringMatching(new RegExp(`^\\d{${length}}$`))
/** By the definition, apart from the code: the one last digit that makes the sum a multiple of ten. */
const withLuhn = (start: string) => {
  const sum = [...start]
    .toReversed()
    .reduce((total, digit, i) => total + [...String(Number(digit) * (i % 2 === 0 ? 2 : 1))].reduce((a, b) => a + Number(b), 0), 0)
  return start + ((10 - (sum % 10)) % 10)
}
const withMod97 = (country: string, account: string) => {
  const rest = BigInt([...`${account}${country}00`].map((letter) => Number.parseInt(letter, 36)).join('')) % 97n
  return country + String(98n - rest).padStart(2, '0') + account
}
const grouped = (text: string, gap: string) => text.replace(/.{4}(?=.)/g, `$&${gap}`)
const card = digits(14).map((middle) => withLuhn(`4${middle}`))
const iban = digits(18).map((account) => withMod97('DE', account))
const gap = fc.constantFrom('', ' ', '-', '\u00a0', ' ', '\u2011')
const units = fc.array(fc.integer({ min: 0, max: 0xffff })).map((codes) => String.fromCharCode(...codes))
const prose = fc.string({ unit: fc.constantFrom(...'abcxyz ÄßéñçÅ,;!?\n', '😀', '\u200b', '日') }).map((text) => ` ${text} `)

test('a card or an account is found whatever stands around it, and everything else stays', () => {
  fc.assert(
    fc.property(fc.oneof(card, iban), gap, prose, prose, (number, between, before, after) => {
      const { text, found } = redact(before + grouped(number, between) + after, kinds)
      expect(found).toHaveLength(1)
      expect([text.startsWith(before), text.endsWith(after), text.includes(number.slice(4, 12))]).toEqual([true, true, false])
    }),
  )
})

test('of ten last digits exactly one makes a card', () => {
  fc.assert(
    fc.property(digits(14), (middle) => {
      const cards = Array.from({ length: 10 }, (_, last) => redact(`4${middle}${last}`, ['credit_card']).found.length)
      expect(cards.reduce((a, b) => a + b, 0)).toBe(1)
    }),
  )
})

test('of the hundred pairs of check digits one makes a CPF', () => {
  fc.assert(
    fc.property(digits(9), (start) => {
      const right = Array.from({ length: 100 }, (_, pair) => `${start}${String(pair).padStart(2, '0')}`).filter(isCpf)
      expect(right).toHaveLength(/^(\d)\1*$/.test(start) ? 0 : 1)
    }),
  )
})

test('what went through has nothing left to take out, and a text without digits stays as it is', () => {
  const pieces = fc.oneof(
    card,
    iban,
    fc.string(),
    fc.string({ unit: 'grapheme' }),
    fc.constantFrom('sk-', 'AKIA', 'eyJ', '://', '@', '-----BEGIN ', 'PRIVATE KEY-----'),
  )
  fc.assert(
    fc.property(
      fc.array(pieces).map((parts) => parts.join('')),
      (text) => {
        const once = redact(text, kinds).text
        expect(redact(once, kinds)).toEqual({ text: once, found: [] })
      },
    ),
  )
  fc.assert(
    fc.property(prose, (text) => {
      expect(redact(text, kinds).text).toBe(text)
    }),
  )
})

test('squeezing keeps the way back to each place', () => {
  fc.assert(
    fc.property(units, (text) => {
      const { text: squeezed, at } = squeeze(text)
      expect(at(squeezed.length)).toBe(text.length)
      const places = Array.from({ length: squeezed.length }, (_, i) => at(i))
      expect(places).toEqual([...new Set(places)].toSorted((a, b) => a - b))
    }),
  )
})

// A pattern that looked at every letter again and again for one of these would take minutes, and the test would be ended.
test.each([
  'a',
  '1',
  '1 ',
  '4111 ',
  'a@',
  'a.',
  'sk-',
  'eyJ',
  'eyJaaaaaaaa.',
  '://',
  '://a:b',
  'DE89 ',
  '-----BEGIN PRIVATE KEY-----',
  'bearer ',
  '\u200b',
  'A1',
  'PuTTY-User-Key-File-2: ',
])('200,000 letters of %j', (piece) => {
  expect(redact(piece.repeat(200_000 / piece.length), kinds).text.length).toBeGreaterThan(10)
})
