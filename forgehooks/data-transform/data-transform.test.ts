import { describe, expect, test } from 'vitest'
import { caller, syncCaller, testExamples } from '../lib/hook-test.ts'
import handlers from './index.ts'
const folder = new URL('./', import.meta.url)
testExamples(folder, handlers)

const call = syncCaller(folder, handlers)
const callLater = caller(folder, handlers)
const read = (csv: string, more = {}) => call('/csv_to_json', { csv, ...more })

describe('reading delimited text', () => {
  test('quoted newlines, doubled quotes, a byte order mark, all line ends mixed', () => {
    const { rows } = read('\uFEFFname,note\r\n"Ann","said ""hi""\nand left"\nBob,x\rCy,"a,b"\n\n')
    expect(rows).toEqual([
      { name: 'Ann', note: 'said "hi"\nand left' },
      { name: 'Bob', note: 'x' },
      { name: 'Cy', note: 'a,b' },
    ])
  })

  test.each([[';'], ['\t'], ['|'], [',']])('the delimiter %j is found', (delimiter) => {
    expect(
      read(['a', 'b', 'c'].join(delimiter) + '\n' + ['1', '2,5', 'x'].map((cell) => (delimiter === ',' ? `"${cell}"` : cell)).join(delimiter))
        .columns,
    ).toEqual(['a', 'b', 'c'])
  })

  test.each([
    ['007', '007'],
    ['+49 30', '+49 30'],
    ['1e5', '1e5'],
    ['12345678901234567890', '12345678901234567890'],
    ['-3.25', -3.25],
    ['1500', 1500],
    ['true', true],
    ['1,200', '1,200'],
    ['', null],
  ])('the cell %j is read as %j', (cell, value) => {
    expect(read(`a,b\n"${cell}",x`).rows[0].a).toBe(value)
  })

  test('one code among numbers keeps the whole column as text', () => {
    expect(read('id\n1\n02\n3').rows).toEqual([{ id: '1' }, { id: '02' }, { id: '3' }])
  })

  test('ragged rows lose nothing and are warned about', () => {
    const { rows, warnings } = read('a,b\n1\n1,2,3\n')
    expect(rows[0]).toMatchObject({ a: 1, b: null })
    expect(Object.values(rows[1])).toEqual([1, 2, 3])
    expect(warnings.length).toBeGreaterThan(0)
  })

  test('columns with dangerous or repeated names are columns like any other', () => {
    const { rows, columns } = read('__proto__,a,a,constructor\n1,2,3,4')
    expect(columns).toEqual(['__proto__', 'a', 'a_2', 'constructor'])
    expect(JSON.stringify(rows)).toBe('[{"__proto__":1,"a":2,"a_2":3,"constructor":4}]')
    expect(({} as Record<string, unknown>)['a']).toBeUndefined()
  })

  test('nothing at all is refused', () => expect(() => read('  \n')).toThrow(/csv: is empty/))

  test('200,000 rows', () => {
    const lines = Array.from({ length: 200_000 }, (_, i) => `${i},r${i % 7},${i}.5`)
    const { rows, row_count } = read(`id,region,amount\n${lines.join('\n')}`)
    expect(row_count).toBe(200_000)
    const { rows: groups } = call('/group', { rows, by: ['region'], aggregates: [{ op: 'sum', field: 'amount' }] })
    expect(groups).toHaveLength(7)
    expect(groups.reduce((sum: number, group: { sum_amount?: number; amount_sum?: number }) => sum + Number(Object.values(group).at(-1)), 0)).toBe(
      (199_999 * 200_000) / 2 + 100_000,
    )
  })
})

describe('writing', () => {
  test('what is written is read back', () => {
    const rows = [
      { a: 'x,"y"\nz', b: ' padded ', c: 1.5 },
      { a: '=1+1', b: null, c: null },
    ]
    expect(read(call('/json_to_csv', { rows }).csv, { types: 'auto' }).rows[0].a).toBe('x,"y"\nz')
    expect(call('/json_to_csv', { rows, safe_for_spreadsheets: true }).csv).toContain("'=1+1")
  })

  test.each(['json', 'ndjson', 'yaml', 'xml'] as const)('%s comes back as it was', async (format) => {
    const rows = [
      { id: 1, name: 'Ann' },
      { id: 2, name: 'Bob & Co' },
    ]
    const { text } = await callLater('/format', { rows, format })
    expect((await callLater('/parse', { text, format })).rows).toEqual(rows)
  })
})

describe('other formats', () => {
  test('an error says where', async () => {
    await expect(callLater('/parse', { text: '{"a":1}\n{"a":', format: 'ndjson' })).rejects.toThrow(/text: line 2 is not JSON/)
    await expect(callLater('/parse', { text: '<a><b></a>', format: 'xml' })).rejects.toThrow(/text: is not XML/)
  })
  test('entities that a document declares are refused', async () => {
    await expect(callLater('/parse', { text: '<!DOCTYPE a [<!ENTITY x "xx">]><a>&x;</a>', format: 'xml' })).rejects.toThrow(/entities/)
  })
  test('XML keeps codes and long digits as text', async () => {
    const text = '<r><i><zip>01234</zip><n>12345678901234567890</n><v>2</v></i><i><zip>1</zip></i></r>'
    expect((await callLater('/parse', { text, format: 'xml' })).rows).toEqual([{ zip: '01234', n: '12345678901234567890', v: 2 }, { zip: '1' }])
  })
})
