import { expect, test } from 'vitest'
import { isPlainText, isTooDeep, splitText } from './split-text.ts'

const paragraph = `${'Some words of a paragraph. '.repeat(20)}\n\n`

test('a text that is not long is one part', () => {
  expect(splitText('a\n\nb')).toEqual(['a\n\nb'])
  expect(splitText('')).toEqual([''])
})

test('a long one is cut between paragraphs, and nothing of it is lost', () => {
  const text = paragraph.repeat(60)
  const parts = splitText(text)
  expect(parts.length).toBeGreaterThan(3)
  expect(parts.join('')).toBe(text)
  expect(parts.every((part) => part.endsWith('\n\n'))).toBe(true)
})

test('parts of a text that grows stay as they were', () => {
  const text = paragraph.repeat(60)
  const before = splitText(text.slice(0, 20_000))
  expect(splitText(text).slice(0, before.length - 1)).toEqual(before.slice(0, -1))
})

test('a line without an end is cut', () => {
  const parts = splitText('x'.repeat(50_000))
  expect(parts.join('')).toBe('x'.repeat(50_000))
  expect(Math.max(...parts.map(({ length }) => length))).toBeLessThanOrEqual(12_000)
})

test('code that is cut goes on as code', () => {
  const code = `const x = 1\n\n`.repeat(2_000)
  const parts = splitText(`Before\n\n\`\`\`js\n${code}\`\`\`\n\nAfter`)
  expect(parts[0]?.endsWith('\n```')).toBe(true)
  expect(parts.slice(1, -1).every((part) => part.startsWith('```js\n') && part.trimEnd().endsWith('\n```'))).toBe(true)
  expect(parts.at(-1)?.endsWith('After')).toBe(true)
  expect(parts.join('').match(/const x = 1/g)).toHaveLength(2_000)
})

test.each([
  ['Hello, how are you?', true],
  ['It costs 12.50, (or 13) - fine!', true],
  ['**bold**', false],
  ['see https://example.com', false],
  ['two\nlines', false],
  ['1. one', false],
  ['- one', false],
  ['a@b.example', false],
  ['&amp;', false],
])('%j is plain: %s', (text, isPlain) => {
  expect(isPlainText(text)).toBe(isPlain)
})

test('quotes within quotes are too deep at some point', () => {
  expect([isTooDeep('> > > x'), isTooDeep(`a\n${'>'.repeat(60)} x`), isTooDeep(`${'> '.repeat(60)}x`)]).toEqual([false, true, true])
})
