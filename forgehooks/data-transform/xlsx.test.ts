import type { WorkSheet } from '@e965/xlsx'
import { utils, write } from '@e965/xlsx'
import { describe, expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('./', import.meta.url), handlers)
const read = (data_base64: string, more = {}) => call('/parse', { data_base64, format: 'xlsx', ...more })
const made = async (rows: object[], more = {}) => (await call('/format', { rows, format: 'xlsx', ...more })).data_base64 as string

function workbook(sheets: Record<string, WorkSheet>, more = {}): string {
  const book = utils.book_new()
  for (const [name, sheet] of Object.entries(sheets)) utils.book_append_sheet(book, sheet, name)
  return Buffer.from(write(Object.assign(book, more), { type: 'array', bookType: 'xlsx' }) as ArrayBuffer).toString('base64')
}

test('what is written comes back as it was', async () => {
  const rows = [
    { code: '007', n: 0.1, flag: true, formula: '=1+1', lines: 'a\r\nb\rc\nd', pad: '  x ', escape: '_x0041_', big: '12345678901234567890', e: '' },
    { code: '-1', n: -1.5, flag: false, formula: '@x', lines: '\t', pad: ' ', escape: '_x005F_', big: '1e5', e: '😀<&>"' },
  ]
  expect((await read(await made(rows))).rows).toEqual(rows)
  expect((await read(await made([{ id: 1234567890123456 }]))).rows).toEqual([{ id: '1234567890123456' }])
  const { data_base64 } = await call('/format', { format: 'xlsx', value: { A: [{ x: 1 }], B: [{ y: '2' }] } })
  expect((await read(data_base64, { all_sheets: true })).value).toEqual({ A: [{ x: 1 }], B: [{ y: '2' }] })
})

describe('cells', () => {
  const cell = (value: unknown, z?: string) => ({ t: 'n', v: value, ...(z ? { z } : {}) })
  test.each<[string, object, unknown]>([
    ['a date', cell(45356, 'yyyy-mm-dd'), '2024-03-05'],
    ['a moment', cell(45356.5, 'm/d/yy h:mm'), '2024-03-05T12:00:00'],
    ['a time of day', cell(0.75, 'h:mm'), '18:00:00'],
    ['a length of time', cell(1.5, '[h]:mm:ss'), '36:00:00'],
    ['the first day', cell(1, 'm/d/yy'), '1900-01-01'],
    ['before the day that never was', cell(59, 'm/d/yy'), '1900-02-28'],
    ['the day that never was', cell(60, 'm/d/yy'), 60],
    ['after it', cell(61, 'm/d/yy'), '1900-03-01'],
    ['an error', { t: 'e', v: 42 }, '#N/A'],
    ['a formula', { t: 'n', v: 3, f: '1+2' }, 3],
    ['a number as text', { t: 's', v: '5' }, '5'],
  ])('%s', async (_, found, value) => {
    const sheet = { '!ref': 'A1:A2', A1: { t: 's', v: 'v' }, A2: found } as unknown as WorkSheet
    expect((await read(workbook({ S: sheet }))).rows).toEqual([{ v: value }])
  })
})

test('sheets are listed and chosen, headers found, merged cells filled', async () => {
  const sheet = utils.aoa_to_sheet([['Title'], [], ['a', 'b'], [1, 2], [null, 3]])
  sheet['!merges'] = [{ s: { r: 3, c: 0 }, e: { r: 4, c: 0 } }]
  const bytes = workbook({ Main: sheet, Secret: utils.aoa_to_sheet([['h'], [1]]) }, { Workbook: { Sheets: [{ Hidden: 0 }, { Hidden: 1 }] } })
  const { rows, sheets } = await read(bytes, { header_row: 3, fill_merged: true })
  expect(rows).toEqual([
    { a: 1, b: 2 },
    { a: 1, b: 3 },
  ])
  expect(sheets).toEqual([
    { name: 'Main', hidden: false, rows: 5, columns: 2 },
    { name: 'Secret', hidden: true, rows: 2, columns: 1 },
  ])
  expect((await read(bytes, { sheet: 2 })).rows).toEqual([{ h: 1 }])
  await expect(read(bytes, { sheet: 'x' })).rejects.toThrow('sheet: there is no sheet "x". Sheets, counted from 1: Main, Secret')
})

test('what is no workbook, or broken, is refused in words', async () => {
  const good = Buffer.from(await made([{ a: 'x' }]), 'base64')
  const damaged = Buffer.from(good)
  const place = good.indexOf('sharedStrings.xml') + 40
  damaged.writeUInt8((damaged[place] as number) ^ 1, place)
  for (const bytes of [good.subarray(0, 500), damaged])
    await expect(read(bytes.toString('base64'))).rejects.toThrow(/^data_base64: the workbook is broken/)
  await expect(read(Buffer.from('a,b').toString('base64'))).rejects.toThrow('data_base64: the bytes are no Excel workbook')
  await expect(made([{ a: 'x'.repeat(40_000) }])).rejects.toThrow(/row 1 has text of 40000/)
  await expect(made([], { sheet_name: 'a/b' })).rejects.toThrow(/Excel does not allow/)
})
