import { describe, expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('./', import.meta.url), handlers)
const base64 = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding).toString('base64')

describe('CSV', () => {
  test.each<[string, object, unknown]>([
    ['price\n1,5\n2,75', {}, [{ price: '1,5' }, { price: '2,75' }]],
    ['name\nSmith, John\nAnn', {}, [{ name: 'Smith, John' }, { name: 'Ann' }]],
    ['a;b\n1,5;2,5', {}, [{ a: '1,5', b: '2,5' }]],
    ['a;b\n1,5;2,5', { decimal: ',' }, [{ a: 1.5, b: 2.5 }]],
    ['sep=;\r\na;b\r\n1,5;2', {}, [{ a: '1,5', b: 2 }]],
    ['a,b\n x ,y', {}, [{ a: ' x ', b: 'y' }]],
    ['a,b\n x ,y', { trim: true }, [{ a: 'x', b: 'y' }]],
    [
      'name, city\nAnn, Rome\nBob, "New York, NY"',
      {},
      [
        { name: 'Ann', city: 'Rome' },
        { name: 'Bob', city: 'New York, NY' },
      ],
    ],
    ['a,b\n 5 , ', {}, [{ a: 5, b: null }]],
    ['a,b\n"abc"def,5" pipe', {}, [{ a: '"abc"def', b: '5" pipe' }]],
    ['a,b\nNaN,Infinity\n', {}, [{ a: 'NaN', b: 'Infinity' }]],
    ['a,b\n+5,0x1F', {}, [{ a: '+5', b: '0x1F' }]],
    ['a,b\n9007199254740993,1234567890123456.78', {}, [{ a: '9007199254740993', b: '1234567890123456.78' }]],
    ['a,b\nx\u2028y,\u00a0', {}, [{ a: 'x\u2028y', b: '\u00a0' }]],
    ['# c\na,b\n1,NA', { comment: '#', null_values: ['NA'] }, [{ a: 1, b: null }]],
    ["a,b\n'x,y',1", { quote: "'" }, [{ a: 'x,y', b: 1 }]],
    ['a,b\n1,2', { delimiter: 'tab' }, [{ 'a,b': '1,2' }]],
  ])('%j with %j', async (csv, more, rows) => expect((await call('/csv_to_json', { csv, ...more })).rows).toEqual(rows))

  test.each([
    ['a,b\n1,2\n3,"x\ny', /^csv: line 3: a quote is opened here and never closed/],
    ['a,b\n"x\ny"z,1', /^csv: line 2: the quotes .* do not match/],
  ])('%j is refused with its line', async (csv, reason) => {
    await expect(async () => call('/csv_to_json', { csv })).rejects.toThrow(reason)
  })
})

describe('bytes', () => {
  test.each<[string, string, object, unknown]>([
    ['UTF-8', base64('a\né'), {}, 'é'],
    ['Latin-1', base64('a\né', 'latin1'), {}, 'é'],
    ['windows-1252', Buffer.from([97, 10, 0x80, 0x93, 0x85]).toString('base64'), { encoding: 'latin1' }, '€“…'],
    ['UTF-16 with a mark', base64('\uFEFFa\né', 'utf16le'), {}, 'é'],
    ['UTF-16 without', base64('a\né', 'utf16le'), {}, 'é'],
    ['Shift JIS', Buffer.from([97, 10, 0x82, 0xa0]).toString('base64'), { encoding: 'shift_jis' }, 'あ'],
  ])('%s', async (_, data_base64, more, value) => {
    expect((await call('/parse', { data_base64, format: 'csv', ...more })).rows).toEqual([{ a: value }])
  })
  test('XML says its own encoding', async () => {
    const document = '<?xml version="1.0" encoding="windows-1251"?><r>\xcf\xf0</r>'
    const read = await call('/parse', { data_base64: base64(document, 'latin1'), format: 'xml' })
    expect(read).toMatchObject({ value: { r: 'Пр' }, encoding: 'windows-1251' })
  })
  test.each([
    [{ data_base64: '!!!' }, /^data_base64: is not base64/],
    [{ data_base64: base64('x'), encoding: 'klingon' }, /^encoding: "klingon" is not an encoding/],
    [{ data_base64: Buffer.from([97, 0x93]).toString('base64'), encoding: 'utf-8' }, /byte 2/],
    [{}, /^text: give either/],
  ])('%j is refused', async (input, reason) => {
    await expect(call('/parse', { format: 'csv', ...input })).rejects.toThrow(reason)
  })
})

describe('YAML, XML and JSON', () => {
  test.each<[string, string, unknown]>([
    ['yaml', 'a: no\nb: on\nc: 012\nd: 1:30\ne: 2024-01-01\nf: .inf', { a: 'no', b: 'on', c: '012', d: '1:30', e: '2024-01-01', f: '.inf' }],
    ['yaml', 'd: &d\n  x: 1\ne:\n  <<: *d\n  y: 2', { d: { x: 1 }, e: { x: 1, y: 2 } }],
    ['xml', '<r><a x="1"> t </a><b/><c>1e5</c></r>', { r: { a: { '@x': 1, '#text': ' t ' }, b: '', c: '1e5' } }],
    ['xml', '<n:r xmlns:n="u"><n:a>1</n:a><n:a>2</n:a></n:r>', { 'n:r': { '@xmlns:n': 'u', 'n:a': [1, 2] } }],
    ['xml', '<r><i>7</i><i>007</i></r>', { r: { i: ['7', '007'] } }],
    ['json', '{"a":1234567890123456.78,"b":12345678901234567890}', { a: '1234567890123456.78', b: '12345678901234567890' }],
  ])('%s %s', async (format, text, value) => expect((await call('/parse', { text, format })).value).toEqual(value))

  test.each([
    '<r>',
    '<r></s>',
    '<r a=1/>',
    '<r a="1" a="2"/>',
    '<r>&foo;</r>',
    '<r>a & b</r>',
    '<r a="<"/>',
    '<r>&#0;</r>',
    '<r><!-- a -- b --></r>',
    '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/passwd">]><r>&x;</r>',
  ])('%s is refused', async (text) => {
    await expect(call('/parse', { text, format: 'xml' })).rejects.toThrow(/^text: /)
  })

  test('a table of one row comes back from XML', async () => {
    const { text } = await call('/format', { rows: [{ a: 'x', b: 1 }], format: 'xml' })
    expect((await call('/parse', { text, format: 'xml' })).rows).toEqual([{ a: 'x', b: 1 }])
  })
})
