import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'
import { filesContext } from './test/files-context.ts'
import { docxOf, pdfOf, zipOf } from './test/make-files.ts'

const { context, write } = filesContext({})
const call = caller(new URL('./', import.meta.url), handlers)
const read = (path: string, options: object = {}) => call('/read_text', { path, ...options }, context)

const bytes = (...list: number[]) => Uint8Array.from(list)
const utf16 = (text: string, mark = true) => Buffer.from((mark ? '\uFEFF' : '') + text, 'utf16le')
const swapped = (buffer: Buffer) => Buffer.from(buffer).swap16()
const utf32 = (text: string) => Buffer.concat([...`\uFEFF${text}`].map((sign) => Buffer.from(Uint32Array.of(sign.codePointAt(0)!).buffer)))

test.each<[what: string, content: string | Uint8Array, text: string, encoding: string, lines: number, warns: boolean]>([
  ['nothing', '', '', 'utf-8', 0, false],
  ['no line end', 'a', 'a', 'utf-8', 1, false],
  ['an empty line', '\n', '\n', 'utf-8', 1, false],
  ['all line ends', 'a\r\nb\nc\rd\n\n', 'a\r\nb\nc\rd\n\n', 'utf-8', 5, false],
  ['no other line ends', 'a\u2028b\u0085c\fd\ve', 'a\u2028b\u0085c\fd\ve', 'utf-8', 1, false],
  ['UTF-8 with mark', '\uFEFFa', 'a', 'utf-8', 1, false],
  ['a mark within', 'a\uFEFFb', 'a\uFEFFb', 'utf-8', 1, false],
  ['UTF-8', 'Grüße 你好 😀\n', 'Grüße 你好 😀\n', 'utf-8', 1, false],
  ['UTF-16LE with mark', utf16('ü€😀\n'), 'ü€😀\n', 'utf-16le', 1, false],
  ['UTF-16BE with mark', swapped(utf16('ü€😀\n')), 'ü€😀\n', 'utf-16be', 1, false],
  ['UTF-16LE without', utf16('plain words\r\n', false), 'plain words\r\n', 'utf-16le', 1, true],
  ['UTF-16BE without', swapped(utf16('plain words', false)), 'plain words', 'utf-16be', 1, true],
  ['UTF-32LE', utf32('ü😀'), 'ü😀', 'utf-32le', 1, false],
  ['windows-1252', Buffer.from('caf\xe9 \x80 \x93x\x94', 'latin1'), 'café € “x”', 'windows-1252', 1, true],
  ['a cut UTF-8 character', bytes(0x61, 0xc3), 'aÃ', 'windows-1252', 1, true],
  ['escapes of a terminal', '\x1b[1mbold\x1b[0m\n', '\x1b[1mbold\x1b[0m\n', 'utf-8', 1, false],
  ['text that begins like a picture', 'BMW and MZ\nGIF8', 'BMW and MZ\nGIF8', 'utf-8', 2, false],
])('reads %s', async (_what, content, text, encoding, lines, warns) => {
  write('x.txt', content)
  const answer = await read('x.txt')
  expect(answer).toMatchObject({ path: 'files/x.txt', text, encoding, line_count: lines, total_lines: lines, truncated: false })
  expect(answer.warnings.length > 0).toBe(warns)
})

test.each([
  ['latin1', Buffer.from('\xe9', 'latin1'), 'é'],
  ['ISO-8859-1', Buffer.from('\xe9', 'latin1'), 'é'],
  ['Windows-1252', bytes(0x80), '€'],
  ['ANSI', bytes(0x80), '€'],
  ['cp1251', bytes(0xcf, 0xf0), 'Пр'],
  ['iso-8859-2', bytes(0xb1), 'ą'],
  ['iso-8859-15', bytes(0xa4), '€'],
  ['shift_jis', bytes(0x93, 0xfa), '日'],
  ['cp932', bytes(0x93, 0xfa), '日'],
  ['gb18030', bytes(0xc4, 0xe3), '你'],
  ['utf16', utf16('ü', true), 'ü'],
  ['UTF-16', swapped(utf16('ü', true)), 'ü'],
  ['utf_16_le', utf16('ü', false), 'ü'],
  ['utf8', 'ü', 'ü'],
  ['utf-8-sig', '\uFEFFü', 'ü'],
  ['auto', 'ü', 'ü'],
])('encoding %s', async (encoding, content, text) => {
  write('x.txt', content)
  expect((await read('x.txt', { encoding })).text).toBe(text)
})

test('an encoding that is none, or not the file’s', async () => {
  write('x.txt', bytes(0xff, 0xe9))
  await expect(read('x.txt', { encoding: 'klingon' })).rejects.toThrow('encoding: "klingon" is no encoding that is known here')
  await expect(read('x.txt', { encoding: 'utf-8' })).rejects.toThrow('encoding: the bytes of the file are not utf-8')
})

const ten = Array.from({ length: 10 }, (_, at) => `line ${at + 1}\n`)
test.each<[options: object, text: string, first: number | undefined, next: number | undefined]>([
  [{ head: 2 }, 'line 1\nline 2\n', 1, 3],
  [{ head: 10 }, ten.join(''), 1, undefined],
  [{ head: 99 }, ten.join(''), 1, undefined],
  [{ head: 0 }, '', undefined, 1],
  [{ tail: 2 }, 'line 9\nline 10\n', 9, undefined],
  [{ tail: 99 }, ten.join(''), 1, undefined],
  [{ tail: 0 }, '', undefined, undefined],
  [{ offset_line: 10 }, 'line 10\n', 10, undefined],
  [{ offset_line: 3, limit_lines: 2 }, 'line 3\nline 4\n', 3, 5],
  [{ limit_lines: 1 }, 'line 1\n', 1, 2],
  [{ offset_line: 11 }, '', undefined, undefined],
  [{ offset_line: 9, line_numbers: true }, '9\tline 9\n10\tline 10\n', 9, undefined],
  [{ tail: 1, line_numbers: true }, '10\tline 10\n', 10, undefined],
])('lines by %j', async (options, text, first, next) => {
  write('ten.txt', ten.join(''))
  const answer = await read('ten.txt', options)
  expect(answer).toMatchObject({ text, total_lines: 10, truncated: false })
  expect([answer.first_line, answer.next_offset_line]).toEqual([first, next])
  expect(answer.warnings).toEqual('offset_line' in options && options.offset_line === 11 ? ['the file has only 10 lines'] : [])
})

test('what does not go together is refused', async () => {
  write('ten.txt', ten.join(''))
  await expect(read('ten.txt', { head: 1, tail: 1 })).rejects.toThrow('tail: give either head or tail')
  await expect(read('ten.txt', { head: 1, offset_line: 2 })).rejects.toThrow('give either head or offset_line')
  await expect(read('ten.txt', { tail: 1, limit_lines: 2 })).rejects.toThrow('limit_lines: goes with offset_line')
})

test('long texts are cut at a line, long lines at a character, and say so', async () => {
  write('x.txt', 'aaaa\nbbbb\ncccc\n')
  expect(await read('x.txt', { max_chars: 11 })).toMatchObject({ text: 'aaaa\nbbbb\n', truncated: true, next_offset_line: 3, total_lines: 3 })
  expect(await read('x.txt', { tail: 3, max_chars: 11 })).toMatchObject({ text: 'bbbb\ncccc\n', truncated: true, first_line: 2 })
  write('x.txt', 'ab😀cd\nnext\n')
  const answer = await read('x.txt', { max_chars: 3 })
  expect(answer).toMatchObject({ text: 'ab', truncated: true, next_offset_line: 2 })
  expect(answer.warnings[0]).toContain('line 1 has 7 characters; only the first 3 are given')
})

test('characters and line ends that lie across two parts of the file', async () => {
  for (const before of [63_997, 63_998, 63_999, 64_000]) {
    const text = `${'x'.repeat(before)}😀\r\n${'y'.repeat(70_000)}\r\nend`
    write('x.txt', text)
    expect(await read('x.txt')).toMatchObject({ text, total_lines: 3 })
    write('x.txt', `${'x'.repeat(before - 1)}\r\nend`)
    expect(await read('x.txt')).toMatchObject({ total_lines: 2 })
    write('x.txt', utf16(text))
    expect((await read('x.txt')).text).toBe(text)
  }
})

test('a file that is UTF-8 at first and not later is windows-1252 throughout', async () => {
  write('x.txt', Buffer.concat([Buffer.from('ü'.repeat(50_000)), Buffer.from('\xe9\n', 'latin1')]))
  const answer = await read('x.txt')
  expect(answer.encoding).toBe('windows-1252')
  expect(answer.text).toBe(`${'Ã¼'.repeat(50_000)}é\n`)
  expect(answer.warnings).toHaveLength(1)
  expect(await read('x.txt', { head: 1 })).toMatchObject({ encoding: 'windows-1252' })
})

test('big files are read in parts: the end, a place within, and only the beginning where that is enough', async () => {
  write('big.log', Array.from({ length: 1_500_000 }, (_, at) => `entry ${at + 1} of the log\n`).join(''))
  expect(await read('big.log', { tail: 1 })).toMatchObject({ text: 'entry 1500000 of the log\n', total_lines: 1_500_000 })
  expect(await read('big.log', { head: 1 })).toMatchObject({ text: 'entry 1 of the log\n', total_lines: null, next_offset_line: 2 })
  expect((await read('big.log', { offset_line: 1_000_000, limit_lines: 1 })).text).toBe('entry 1000000 of the log\n')
  expect(await read('big.log')).toMatchObject({ truncated: true, first_line: 1 })
})

test.each<[name: string, content: string | Uint8Array, message: string]>([
  ['a.pdf', pdfOf([['x']]), 'path: files/a.pdf is a PDF, not a text; use /read_pdf'],
  ['pdf.txt', pdfOf([['x']]), 'is a PDF, not a text; use /read_pdf'],
  ['a.docx', docxOf(''), 'is a Word document, not a text; use /read_docx'],
  ['a.xlsx', zipOf({ 'xl/workbook.xml': '' }), 'is a spreadsheet, not a text; use /read_xlsx'],
  ['a.zip', zipOf({ 'a.txt': 'x' }), 'is an archive (zip), which no endpoint here can read'],
  ['a.png', Buffer.from('\x89PNG\r\n\x1a\n\0\0\0\rIHDR', 'latin1'), 'is a picture (PNG), which no endpoint here can read'],
  ['a.gz', bytes(0x1f, 0x8b, 8, 0, 0, 0, 0, 0), 'is a compressed file (gzip)'],
  ['a.db', Buffer.from('SQLite format 3\0\x10\0\x01\x01'), 'is a SQLite database (database-query reads it)'],
  ['a.bin', bytes(1, 2, 3, 0, 5), 'is no text, which no endpoint here can read'],
  ['numbers.bin', Buffer.from(Uint16Array.from({ length: 500 }, (_, at) => at % 9).buffer), 'is no text'],
  ['a.doc', Buffer.from(`\xd0\xcf\x11\xe0${'W\0o\0r\0d\0D\0o\0c\0u\0m\0e\0n\0t\0'}`, 'latin1'), 'old format (.doc)'],
  ['safe.docx', Buffer.from(`\xd0\xcf\x11\xe0${[...'EncryptedPackage'].join('\0')}`, 'latin1'), 'is an Office file that is protected by a password'],
])('refuses %s', async (name, content, message) => {
  write(name, content)
  await expect(read(name)).rejects.toThrow(message)
  await expect(call('/info', { path: name }, context)).resolves.toMatchObject({ type: 'file' })
  if (!message.includes('use /')) await expect(call('/read', { path: name }, context)).rejects.toThrow('no endpoint here can read')
})

test('the wall’s own words come through', async () => {
  write('sub/.env', 'KEY=1')
  await expect(read('../x')).rejects.toThrow("'../x' is outside of the file roots")
  await expect(read('nothing.txt')).rejects.toThrow("there is no 'nothing.txt' (file roots: files)")
  await expect(read('sub')).rejects.toThrow('path: files/sub is a folder; use /list')
  await expect(read('sub/.env')).rejects.toThrow('is kept back')
})
