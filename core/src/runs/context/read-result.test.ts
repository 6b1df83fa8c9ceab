import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { compileSchema } from '../../tools/tool-schema.ts'
import { readResult, readResultTool } from './read-result.ts'

const rows = Array.from({ length: 100 }, (_, id) => ({ id, name: `Order ${id}`, note: id === 42 ? 'İstanbul: GRÜSSE' : '' }))
const output = { rows, 'a/b~c': 1 }

describe('reading on in a result', () => {
  test('from a character on, until there is no more', () => {
    const text = 'abcdefghij'.repeat(1000)
    expect(readResult(text, { step: 3 })).toEqual({ characters: 10_000, offset: 0, text: text.slice(0, 4000), next_offset: 4000 })
    expect(readResult(text, { step: 3, offset: 9995, limit: 100 })).toEqual({ characters: 10_000, offset: 9995, text: 'fghij', next_offset: null })
  })
  test('by pointer, with slices of lists', () => {
    expect(readResult(output, { step: 1, pointer: '/rows/7/name' })).toMatchObject({ text: 'Order 7', next_offset: null })
    expect(readResult(output, { step: 1, pointer: '/rows/10:12' })).toMatchObject({ text: JSON.stringify(rows.slice(10, 12)) })
    expect(readResult(output, { step: 1, pointer: '/rows/98:' })).toMatchObject({ text: JSON.stringify(rows.slice(98)) })
    expect(readResult(output, { step: 1, pointer: '/rows/:2/1/id' })).toMatchObject({ text: '1' })
    expect(readResult(output, { step: 1, pointer: '/a~1b~0c' })).toMatchObject({ text: '1' })
    expect(readResult(output, { step: 1, pointer: '' })).toMatchObject({ text: JSON.stringify(output).slice(0, 4000) })
  })
  test('by searching, upper or lower case, on to the next places', () => {
    const found = readResult(output, { step: 1, search: 'grüsse' })
    expect(found).toMatchObject({ matches: [{ text: expect.stringContaining('İstanbul: GRÜSSE') }], more: false, next_offset: null })
    const many = readResult(output, { step: 1, search: '"order' })
    expect(many).toMatchObject({ more: true, next_offset: expect.any(Number) })
    const next = readResult(output, { step: 1, search: '"order', offset: (many as { next_offset: number }).next_offset })
    expect((next as { matches: { offset: number }[] }).matches[0]?.offset).toBe((many as { next_offset: number }).next_offset)
    expect(readResult(output, { step: 1, search: '.*' })).toMatchObject({ matches: [], more: false })
  })
  test.each([
    [{}, 'step: must be a whole number from 1 on'],
    [{ step: 1, limit: 20_001 }, 'limit: must be a whole number from 1 to 20000'],
    [{ step: 1, offset: -1 }, 'offset: must be a whole number from 0 on'],
    [{ step: 1, offset: 1_000_000 }, /^offset: there are \d+ characters/],
    [{ step: 1, pointer: 'rows' }, "pointer: must begin with '/', such as /rows/0"],
    [{ step: 1, pointer: '/rows/100' }, "pointer: /rows is a list of 100; there is no '100' in it"],
    [{ step: 1, pointer: '/rows/-1' }, "pointer: /rows is a list of 100; there is no '-1' in it"],
    [{ step: 1, pointer: '/rwos' }, "pointer: the result has no 'rwos'; it has rows, a/b~c"],
    [{ step: 1, pointer: '/rows/0/constructor' }, "pointer: /rows/0 has no 'constructor'; it has id, name, note"],
    [{ step: 1, pointer: '/rows/0/id/x' }, "pointer: /rows/0/id is no list and no object; 'x' cannot be looked up in it"],
    [{ step: 1, pointer: 5 }, 'pointer: must be text, such as /rows/0'],
    [{ step: 1, search: '' }, 'search: must be a text to find'],
  ])('asked wrongly it names the field: %j', (input, message) => {
    expect(() => readResult(output, input)).toThrow(message)
  })
  test('a step without a result', () => {
    expect(() => readResult(undefined, { step: 9 })).toThrow('step: step 9 has no recorded result')
    expect(readResult(null, { step: 9 })).toMatchObject({ text: 'null' })
  })
  test('its schema takes what it takes', () => {
    const check = compileSchema(readResultTool.input)
    expect(check({ step: 1, pointer: '/rows/1:2', search: 'x', offset: 0, limit: 20_000 })).toEqual([])
    expect(check({ pointer: '/rows' })).not.toEqual([])
    expect(check({ step: 1, limit: 20_001 })).not.toEqual([])
  })
  test('read from offset to offset, any text comes out whole and unbroken', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), fc.integer({ min: 1, max: 20 }), (text, limit) => {
        let whole = ''
        for (let offset: number | null = 0; offset !== null;) {
          const read = readResult(text, { step: 1, offset, limit })
          if (!('text' in read)) throw new Error('asked for text')
          expect(read.text.isWellFormed()).toBe(text.isWellFormed())
          expect(read.text.length).toBeLessThanOrEqual(limit + 1)
          whole += read.text
          offset = read.next_offset
        }
        expect(whole).toBe(text)
      }),
    )
  })
  test('a search finds what is there, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 1, maxLength: 20 }), fc.string({ unit: 'grapheme', maxLength: 300 }), (search, around) => {
        const read = readResult(`${around}${search}${around}`, { step: 1, search })
        if (!('matches' in read)) throw new Error('asked for matches')
        expect(read.matches.length).toBeGreaterThan(0)
        for (const { text } of read.matches) expect(text.isWellFormed()).toBe(true)
      }),
    )
  })
})
