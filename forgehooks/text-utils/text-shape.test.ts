import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('./', import.meta.url), handlers)
const family = '👨‍👩‍👧'

describe('chunk', () => {
  const pieces = async (text: string, more: object) => (await call('/chunk', { text, ...more })).chunks.map((chunk: { text: string }) => chunk.text)

  test('chunks joined give the text, and each is where it says', async () => {
    const by = fc.constantFrom('characters', 'words', 'sentences', 'paragraphs', 'lines', 'tokens')
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), by, fc.integer({ min: 1, max: 5 }), async (text, unit, size) => {
        const { chunks } = await call('/chunk', { text, by: unit, size })
        expect(chunks.map((chunk: { text: string }) => chunk.text).join('')).toBe(text)
        for (const { start, end, text: piece } of chunks) expect(text.slice(start, end)).toBe(piece)
      }),
    )
  })

  test.each<[string, object, string[]]>([
    [`${family}🇵🇹e\u0301`, { size: 1 }, [family, '🇵🇹', 'e\u0301']],
    ['abcdefghij', { size: 4, overlap: 1 }, ['abcd', 'defg', 'ghij']],
    ['Mr. Smith left. He said "Hi." OK?', { by: 'sentence', size: 1 }, ['Mr. Smith left. ', 'He said "Hi." ', 'OK?']],
    ['a\n\nb\nc\n\n\nd', { by: 'paragraphs', size: 1 }, ['a\n\n', 'b\nc\n\n\n', 'd']],
    ['The quick brown fox', { by: 'tokens', size: 3 }, ['The quick ', 'brown fox']],
  ])('%j', async (text, more, chunks) => expect(await pieces(text, more)).toEqual(chunks))

  test('an overlap without end is refused', async () => {
    await expect(call('/chunk', { text: 'abc', size: 2, overlap: 2 })).rejects.toThrow('overlap: 2 is not less than size (2)')
  })
})

test('diff gives both texts, and its patch applies both ways', async () => {
  const text = fc.array(fc.constantFrom('a\n', 'b\n', '\n', 'x', 'd\r\n', ' e\n'), { maxLength: 10 }).map((lines) => lines.join(''))
  const by = fc.constantFrom('lines', 'words', 'characters', 'sentences')
  await fc.assert(
    fc.asyncProperty(text, text, by, fc.nat(4), async (from, to, unit, context) => {
      const { changes, equal, unified } = await call('/diff', { from, to, by: unit, context })
      const side = (type: string) =>
        changes.map((change: { type: string; value: string }) => (change.type === 'equal' || change.type === type ? change.value : '')).join('')
      expect([side('removed'), side('added'), equal]).toEqual([from, to, from === to])
      if (unit !== 'lines' || equal) return
      expect((await call('/patch', { text: from, patch: unified })).text).toBe(to)
      expect((await call('/patch', { text: to, patch: unified, reverse: true })).text).toBe(from)
    }),
  )
})

test('a patch that does not fit changes nothing', async () => {
  const patch = '@@ -1,3 +1,3 @@\n a\n-b\n+x\n c\n'
  await expect(call('/patch', { text: 'q\nb\nc\n', patch })).rejects.toThrow('patch: part 1 (line 1) does not fit')
  await expect(call('/patch', { text: 'a', patch: 'nonsense' })).rejects.toThrow('patch: is no unified diff')
  expect((await call('/patch', { text: '0\na\nb\nc\n', patch })).text).toBe('0\na\nx\nc\n')
})

test.each([
  ['XMLHttpRequest', 'snake', 'xml_http_request'],
  ['hello-world foo_bar', 'camelCase', 'helloWorldFooBar'],
  ["o’clock don't", 'kebab', 'oclock-dont'],
  ['Ünïcödé Straße & Søn!', 'slug', 'unicode-strasse-and-son'],
  ["it's a dog's life", 'title', "It's A Dog's Life"],
  ['HELLO. how ARE you? fine', 'sentence', 'Hello. How are you? Fine'],
  ['ﬁne ß', 'upper', 'FINE SS'],
])('%s in %s', async (text, to, result) => expect((await call('/case', { text, to })).text).toBe(result))

test.each([
  ["well-known e-mail it's 3.14 1,000", { words: 5, sentences: 1 }],
  [family, { characters: 5, graphemes: 1, words: 0, bytes: 18, lines: 1 }],
  ['Dr. Smith is here. OK?', { sentences: 2 }],
  ['a\n\nb\n', { lines: 3, paragraphs: 2 }],
  ['', { characters: 0, words: 0, lines: 0, sentences: 0, reading_time_seconds: 0 }],
])('counts of %j', async (text, counts) => expect(await call('/count', { text })).toMatchObject(counts))

test.each<[object, string]>([
  [{ text: 'Hello world', length: 8, ending: '...' }, 'Hello...'],
  [{ text: `${family}${family}${family}`, length: 2 }, `${family}…`],
  [{ text: 'The quick brown fox', length: 12, whole_words: true }, 'The quick…'],
  [{ text: 'ééé', length: 5, by: 'bytes', ending: '' }, 'éé'],
  [{ text: 'abcdefghij', length: 5, position: 'middle' }, 'ab…ij'],
  [{ text: 'one two three', length: 2, by: 'words' }, 'one two…'],
  [{ text: 'Hello', length: 5 }, 'Hello'],
])('%j', async (input, text) => expect((await call('/truncate', input)).text).toBe(text))

test.each<[object, string]>([
  [{ text: 'Crème Łódź ß が', diacritics: true }, 'Creme Lodz ss が'],
  [{ text: `a\u200bb\ufeff${family}\u00ad`, zero_width: true }, `ab${family}`],
  [{ text: 'a\r\nb\rc\n', line_ends: 'LF' }, 'a\nb\nc\n'],
  [{ text: ' a  b\n\n\n\nc ', whitespace: 'collapse_lines' }, 'a b\n\nc'],
  [{ text: 'e\u0301ﬁ', form: 'nfkc' }, 'éfi'],
])('%j made uniform', async (input, text) => expect((await call('/normalize', input)).text).toBe(text))

test.each([
  ['This is a simple English sentence about nothing.', 'en'],
  ['Olá, como você está hoje?', 'pt'],
  ['Das ist ein deutscher Satz.', 'de'],
  ['Привет, как дела у тебя сегодня?', 'ru'],
  ['日本語のテキストです', 'ja'],
  ['你好,世界', 'zh'],
  ['안녕', 'ko'],
  ['hi', 'und'],
  ['12345 !!!', 'und'],
  ['https://example.com/some/path', 'und'],
])('%s is %s', async (text, language) => expect((await call('/detect_language', { text })).language).toBe(language))
