import * as fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import { csvToJson } from './csv-to-json.ts'
import handlers from './index.ts'
import { group } from './rows-group.ts'

const call = caller(new URL('.', import.meta.url), handlers)
const parse = (text: string, format: string) => call('/parse', { text, format })
const format = async (value: unknown, as: string) => (await call('/format', { value, format: as })).text as string
const deep = `${'['.repeat(5000)}${']'.repeat(5000)}`

test('text cells come back from CSV as they were', async () => {
  const rows = fc.array(fc.record({ a: fc.string(), 'b "c"': fc.string({ unit: 'grapheme' }) }), { minLength: 1, maxLength: 8 })
  await fc.assert(
    fc.asyncProperty(rows, fc.constantFrom(',', ';', '\t', '|'), fc.constantFrom('\n', '\r\n'), async (given, delimiter, line_end) => {
      const { csv } = await call('/json_to_csv', { rows: given, delimiter, line_end })
      expect((await call('/csv_to_json', { csv, delimiter, types: 'text' })).rows).toEqual(given)
    }),
  )
})

test('a single column keeps its empty rows', async () => {
  const { csv } = await call('/json_to_csv', { rows: [{ a: '' }, { a: 'x' }, { a: null }] })
  expect((await call('/csv_to_json', { csv })).rows).toEqual([{ a: null }, { a: 'x' }, { a: null }])
})

describe('numbers that JSON cannot hold stay text, with a warning', () => {
  test.each([
    ['json', '{"id": 12345678901234567890, "n": 1e400}'],
    ['ndjson', '{"id": 12345678901234567890, "n": 1e400}'],
    ['yaml', 'id: 12345678901234567890\nn: 1e400'],
  ])('%s', async (as, text) => {
    const { value, warnings } = await parse(text, as)
    expect([value].flat()).toEqual([{ id: '12345678901234567890', n: '1e400' }])
    expect(warnings).toHaveLength(2)
  })
})

test.each([
  ['json', deep, /^text: is not JSON: .*nested/],
  ['yaml', 'a: &a [*a]', /^text: /],
  ['yaml', 'a: *nope', /^text: is not YAML/],
  ['yaml', 'a: [', /^text: is not YAML: .*line/],
  [
    'yaml',
    'a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\nd: [*c,*c,*c,*c,*c,*c,*c,*c,*c]',
    /^text: .*alias/,
  ],
  ['xml', '<a/><b/>', /exactly one root/],
  ['xml', '<a/><a/>', /exactly one root/],
  ['xml', 'text', /^text: is not XML/],
  ['xml', '<a>'.repeat(500) + '</a>'.repeat(500), /^text: .*nested/],
])('%s that is refused in words (%#)', async (as, text, reason) => {
  await expect(parse(text, as)).rejects.toThrow(reason)
})

test('character references are decoded once, CDATA not at all', async () => {
  const { value } = await parse('<?xml version="1.0"?><r><a>&#65;&#x42; &amp;lt; &lt;</a><b><![CDATA[&amp;]]></b></r>', 'xml')
  expect(value).toEqual({ r: { a: 'AB &lt; <', b: '&amp;' } })
})

test('several YAML documents are a list; a name of JavaScript is a name', async () => {
  expect((await parse('---\na: 1\n---\nb: 2', 'yaml')).value).toEqual([{ a: 1 }, { b: 2 }])
  expect(JSON.stringify((await parse('__proto__: {x: 1}', 'yaml')).value)).toBe('{"__proto__":{"x":1}}')
  expect(({} as Record<string, unknown>)['x']).toBeUndefined()
})

test('YAML is quoted for older readers, XML is well formed', async () => {
  expect(await format({ a: 'yes', b: '012', c: '1:30' }, 'yaml')).toBe('a: "yes"\nb: "012"\nc: "1:30"\n')
  expect(await format([[1, [2, 3]]], 'xml')).not.toMatch(/<\d/)
  await expect(format({ a: 'x\u0000' }, 'xml')).rejects.toThrow(/^value: XML cannot hold/)
})

test('an order against ISO dates is refused where the column has others', async () => {
  const rows = [{ d: '2024-03-01' }, { d: null }, { d: 'March 5 2024' }]
  const where = [{ field: 'd', op: '>', value: '2024-02-01' }]
  await expect(call('/filter', { rows, where })).rejects.toThrow(/^where\[0\]\.value: .*row 3 has "March 5 2024"/)
  expect((await call('/filter', { rows: rows.slice(0, 2), where })).row_count).toBe(1)
})

test('long patterns are refused', async () => {
  const where = [{ field: 'a', op: 'matches', value: 'a'.repeat(201) }]
  await expect(call('/filter', { rows: [{ a: 'a' }], where })).rejects.toThrow(/the limit is 200/)
})

test('two hundred thousand messy lines', async () => {
  const lines = Array.from(
    { length: 200_000 },
    (_, index) => `${String(index).padStart(7, '0')},"r ""${index % 3}"", x",0.1${index % 2 ? '\r\n' : '\n'}`,
  )
  const { rows, row_count } = csvToJson({ csv: `\uFEFFid,region,amount\r\n${lines.join('')}` })
  expect(row_count).toBe(200_000)
  expect(rows[7]).toEqual({ id: '0000007', region: 'r "1", x', amount: 0.1 })
  const groups = group({
    rows,
    by: ['region'],
    aggregates: [{ op: 'sum', field: 'amount', as: 'total' }, { op: 'count' }],
  })
  expect(groups.rows).toEqual([
    { region: 'r "0", x', total: 6666.7, count: 66_667 },
    { region: 'r "1", x', total: 6666.7, count: 66_667 },
    { region: 'r "2", x', total: 6666.6, count: 66_666 },
  ])
})
