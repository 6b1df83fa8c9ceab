import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('./', import.meta.url), handlers)
const values = async (pattern: string, text: string, flags?: string) =>
  (await call('/regex', { pattern, text, ...(flags ? { flags } : {}) })).matches.map(({ value }: { value: string }) => value)
const replace = async (pattern: string, text: string, replacement: string, more = {}) =>
  (await call('/regex', { pattern, text, action: 'replace', replacement, ...more })).text as string
const split = async (pattern: string, text: string, more = {}) =>
  (await call('/regex', { pattern, text, action: 'split', ...more })).parts as string[]

test('a pattern without end is ended, and says so', async () => {
  await expect(call('/regex', { pattern: '^(a+)+$', text: `${'a'.repeat(50)}!`, timeout_ms: 50 })).rejects.toThrow('pattern: needs more than 50 ms')
})

test.each<[string, string, string | undefined, string[]]>([
  ['.', '😀a', undefined, ['😀', 'a']],
  [String.raw`\p{L}+`, 'né 1', undefined, ['né']],
  ['(?i)ABC', 'abc', undefined, ['abc']],
  ['^b', 'a\nb', 'm', ['b']],
  [String.raw`\-`, 'a-b', undefined, ['-']],
  ['x*', 'ax', undefined, ['', 'x', '']],
])('%s in %j', async (pattern, text, flags, found) => expect(await values(pattern, text, flags)).toEqual(found))

test('named groups in both spellings; a group without part is null', async () => {
  const { matches } = await call('/regex', { pattern: String.raw`(?P<y>\d{4})(?:-(?P<m>\d\d))?`, text: 'in 2024' })
  expect(matches).toEqual([{ value: '2024', start: 3, end: 7, groups: ['2024', null], named: { y: '2024', m: null } }])
})

test('replacing and splitting', async () => {
  expect(await replace(String.raw`(\w+)@(\w+)`, 'a@b', '$2 at $1 $$ $& $<x')).toBe('b at a $ a@b $<x')
  expect(await replace('(?<n>\\d)', 'a1', '$<n>$<n>')).toBe('a11')
  expect(await replace('(a)(b)?', 'a', '[$1$2$10]')).toBe('[aa0]')
  expect(await replace('a', 'aaa', 'b', { limit: 2 })).toBe('bba')
  expect(await split(',', ',a,')).toEqual(['', 'a', ''])
  expect(await split('', 'abc')).toEqual(['a', 'b', 'c'])
  expect(await split('(,)', 'a,b')).toEqual(['a', ',', 'b'])
  expect(await split(',', 'a,b,c', { limit: 2 })).toEqual(['a', 'b,c'])
})

test('references that are none are said', async () => {
  const answer = await call('/regex', { pattern: '(a)', text: 'a', action: 'replace', replacement: String.raw`\1 $2` })
  expect(answer).toMatchObject({
    text: String.raw`\1 $2`,
    warnings: ['$2 is text: the pattern has 1 groups', String.raw`\1 is text; a group is written $1 or $<name>`],
  })
})

test.each([
  [{ pattern: '(' }, 'pattern: is not a regular expression: Unterminated group'],
  [{ pattern: String.raw`\Aabc` }, String.raw`\A means nothing there; the beginning is ^`],
  [{ pattern: '[[:alpha:]]' }, '[:alpha:] means nothing there'],
  [{ pattern: 'a', flags: 'q' }, 'flags: "q" is no flag'],
  [{ pattern: 'a', flags: 'ii' }, 'twice'],
  [{ pattern: 'a', action: 'replace' }, 'replacement: is needed'],
  [{ pattern: '(?<n>a)', action: 'replace', replacement: '$<x>' }, '$<x> names no group of the pattern; it has n'],
  [{ pattern: 'a', action: 'eat' }, 'action: "eat" is not known; known: match, replace, split, test'],
])('%j is refused', async (input, reason) => await expect(call('/regex', { text: 'a', ...input })).rejects.toThrow(reason))
