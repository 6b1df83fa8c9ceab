import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'
import { filesContext } from './test/files-context.ts'

const { context, write } = filesContext({})
const call = caller(new URL('./', import.meta.url), handlers)
const csv = (content: string | Uint8Array, options: object = {}, name = 'x.csv') => {
  write(name, content)
  return call('/read_csv', { path: name, ...options }, context)
}
const json = (content: string | Uint8Array, options: object = {}, name = 'x.json') => {
  write(name, content)
  return call('/read_json', { path: name, ...options }, context)
}

test.each<[what: string, content: string | Uint8Array, options: object, columns: string[], rows: unknown[][]]>([
  ['commas', 'a,b\n1,2\n', {}, ['a', 'b'], [['1', '2']]],
  ['semicolons and decimal commas', 'a;b\n1,5;2\n', {}, ['a', 'b'], [['1,5', '2']]],
  ['tabs', 'a\tb\n1\t2\n', {}, ['a', 'b'], [['1', '2']]],
  ['bars', 'a|b\n1|2\n', {}, ['a', 'b'], [['1', '2']]],
  ['a delimiter that is told', 'a:b\n1:2\n', { delimiter: ':' }, ['a', 'b'], [['1', '2']]],
  ['a delimiter by its name', 'a\tb,c\n1\t2,3\n', { delimiter: 'tab' }, ['a', 'b,c'], [['1', '2,3']]],
  ['sep=', 'sep=;\na;b\n1;2\n', {}, ['a', 'b'], [['1', '2']]],
  ['a line end and quotes in a cell', 'a,b\n"x\ny","he said ""hi"""\n', {}, ['a', 'b'], [['x\ny', 'he said "hi"']]],
  [
    'leading zeros, long digits, spaces',
    'id,x\n007, 1 \n12345678901234567890,\n',
    {},
    ['id', 'x'],
    [
      ['007', ' 1 '],
      ['12345678901234567890', ''],
    ],
  ],
  [
    'types',
    'id,n,b\n007,1.50,true\n012,,false\n',
    { types: true },
    ['id', 'n', 'b'],
    [
      ['007', 1.5, true],
      ['012', null, false],
    ],
  ],
  ['types by another word', 'n\n1\n2\n', { types: 'auto' }, ['n'], [[1], [2]]],
  ['decimal commas', 'a;n\nx;1,5\n', { types: true, decimal: ',' }, ['a', 'n'], [['x', 1.5]]],
  [
    'no header',
    '1,2\n3,4\n',
    { header: false },
    ['column_1', 'column_2'],
    [
      ['1', '2'],
      ['3', '4'],
    ],
  ],
  ['a mark', '\uFEFFa,b\n1,2\n', {}, ['a', 'b'], [['1', '2']]],
  ['UTF-16', Buffer.from('\uFEFFa,b\nü,2\n', 'utf16le'), {}, ['a', 'b'], [['ü', '2']]],
  ['windows-1252', Buffer.from('a,b\nf\xfcr,2\n', 'latin1'), {}, ['a', 'b'], [['für', '2']]],
  ['CR only', 'a,b\r1,2\r', {}, ['a', 'b'], [['1', '2']]],
  ['lines before the header', 'Report\n\na,b\n1,2\n', { skip_lines: 2 }, ['a', 'b'], [['1', '2']]],
  ['comments', '# x\na,b\n1,2\n', { comment: '#' }, ['a', 'b'], [['1', '2']]],
  ['a column called __proto__', '__proto__,b\n1,2\n', {}, ['__proto__', 'b'], [['1', '2']]],
  ['only a header', 'a,b\n', {}, ['a', 'b'], []],
])('reads CSV with %s', async (_what, content, options, columns, rows) => {
  const answer = await csv(content, options)
  expect(answer.columns).toEqual(columns)
  expect(answer.rows.map((row: object) => columns.map((name) => Object.entries(row).find(([key]) => key === name)?.[1]))).toEqual(rows)
  expect(answer).toMatchObject({ row_count: rows.length, total_rows: rows.length, truncated: false })
})

test('pages of rows; a .tsv by its name; an empty file; what is broken', async () => {
  const many = `n\n${Array.from({ length: 2_500 }, (_, at) => `${at + 1}\n`).join('')}`
  expect(await csv(many)).toMatchObject({ row_count: 1000, total_rows: 2500, truncated: true, next_offset: 1000 })
  expect(await csv(many, { offset: 2499, limit: 10 })).toMatchObject({ rows: [{ n: '2500' }], truncated: false })
  expect(await csv(many, { limit: 0 })).toMatchObject({ rows: [], total_rows: 2500, truncated: true, next_offset: 0 })
  expect(await csv(many, { offset: 9_999 })).toMatchObject({ rows: [], truncated: false })
  expect(await csv('a;b\tc;d\n1;2\t3;4\n', {}, 'x.tsv')).toMatchObject({ columns: ['a;b', 'c;d'], delimiter: '\t' })
  expect(await csv('')).toMatchObject({ columns: [], rows: [], warnings: ['the file is empty'] })
  await expect(csv('a,b\n"1,2\n')).rejects.toThrow(/^path: files\/x\.csv: line 2: a quote is opened here and never closed/)
  await expect(csv('a,b\n1,2\n', { delimiter: '""' })).rejects.toThrow('delimiter: must be one character')
})

test.each<[what: string, content: string | Uint8Array, options: object, name: string, value: unknown]>([
  ['JSON', '{"a":[1,null,true]}', {}, 'x.json', { a: [1, null, true] }],
  ['a mark', '\uFEFF[1]', {}, 'x.json', [1]],
  ['UTF-16', Buffer.from('\uFEFF{"ü":1}', 'utf16le'), {}, 'x.json', { ü: 1 }],
  ['a value alone', '"x"', {}, 'x.json', 'x'],
  ['null', 'null', {}, 'x.json', null],
  ['NDJSON', '{"a":1}\n\n{"a":2}\r\n', {}, 'x.ndjson', [{ a: 1 }, { a: 2 }]],
  ['JSON lines', '1\n2\n', {}, 'x.jsonl', [1, 2]],
  ['NDJSON by its content', '{"a":1}\n{"a":2}\n', {}, 'x.json', [{ a: 1 }, { a: 2 }]],
  ['NDJSON by word', '{"a":1}\n{"a":2}\n', { format: 'jsonl' }, 'x.log', [{ a: 1 }, { a: 2 }]],
  ['YAML', 'a: yes\nb: 012\nc: 2024-01-01\n', {}, 'x.yml', { a: 'yes', b: '012', c: '2024-01-01' }],
  ['YAML of several documents', 'a: 1\n---\na: 2\n', {}, 'x.yaml', [{ a: 1 }, { a: 2 }]],
  ['YAML by word', 'a: 1\n', { format: 'yaml' }, 'x.conf', { a: 1 }],
  ['long digits', '{"id":12345678901234567890}', {}, 'x.json', { id: '12345678901234567890' }],
  ['a pointer', '{"a":{"b/c":[10,20]}}', { pointer: '/a/b~1c/1' }, 'x.json', 20],
  ['the whole by a pointer', '[1]', { pointer: '' }, 'x.json', [1]],
  ['a part of a list', '[1,2,3,4]', { offset: 1, limit: 2 }, 'x.json', [2, 3]],
])('reads %s', async (_what, content, options, name, value) => {
  expect((await json(content, options, name)).value).toEqual(value)
})

test.each<[content: string, options: object, name: string, message: RegExp]>([
  ['{"a":1,}', {}, 'x.json', /^path: files\/x\.json is not JSON: line 1, column 8: /],
  ["{'a':1}", {}, 'x.json', /straight double quotes/],
  ['', {}, 'x.json', /^path: files\/x\.json is empty/],
  ['{"a":1}\n{"a":\n', {}, 'x.ndjson', /line 2/],
  ['a: [1\n', {}, 'x.yaml', /^path: files\/x\.yaml is not YAML/],
  ['{"a":1}', { pointer: '/b' }, 'x.json', /^pointer: there is nothing at "\/b"/],
  ['{"a":1}', { pointer: 'a' }, 'x.json', /^pointer: .*is not a JSON pointer/],
  ['{"a":1}', { limit: 1 }, 'x.json', /^limit: the value is no list/],
  [`${'['.repeat(5_000)}`, {}, 'x.json', /nested more than/],
])('refuses %s %j', async (content, options, name, message) => {
  await expect(json(content, options, name)).rejects.toThrow(message)
})

test('/read gives a broken table or JSON file as text, and says why', async () => {
  write('bad.json', '{"a":1,}')
  const answer = await call('/read', { path: 'bad.json' }, context)
  expect(answer).toMatchObject({ kind: 'text', text: '{"a":1,}' })
  expect(answer.warnings[0]).toMatch(/^given as text, because files\/bad\.json is not JSON/)
  write('t.csv', 'a,b\n1,2\n')
  expect(await call('/read', { path: 't.csv', limit: 1 }, context)).toMatchObject({ kind: 'csv', rows: [{ a: '1', b: '2' }] })
  write('o.json', '{"a":1}')
  expect(await call('/read', { path: 'o.json', limit: 5 }, context)).toMatchObject({
    kind: 'json',
    value: { a: 1 },
    warnings: ['the value is no list, so it is given whole'],
  })
  write('t.txt', '1\n2\n3\n')
  expect(await call('/read', { path: 't.txt', limit: 1, offset: 1 }, context)).toMatchObject({ kind: 'text', text: '2\n' })
})
