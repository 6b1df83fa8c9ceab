import { type CellObject, utils, write as writeBook, type WorkSheet } from '@e965/xlsx'
import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'
import { filesContext } from './test/files-context.ts'
import { docxOf, zipOf } from './test/make-files.ts'

const { context, write } = filesContext({})
const call = caller(new URL('./', import.meta.url), handlers)
const read = (path: string, options: object = {}) => call('/read_xlsx', { path, ...options }, context)

type Sheets = Record<string, WorkSheet>
function save(name: string, sheets: Sheets, { type = 'xlsx', hidden = [] as string[], date1904 = false } = {}) {
  const book = utils.book_new()
  for (const [title, sheet] of Object.entries(sheets)) utils.book_append_sheet(book, sheet, title)
  book.Workbook = {
    Sheets: Object.keys(sheets).map((title) => ({ name: title, Hidden: hidden.includes(title) ? 1 : 0 })),
    WBProps: { date1904 },
  }
  write(name, writeBook(book, { type: 'buffer', bookType: type as 'xlsx' }) as Uint8Array)
}
const rowsOf = (rows: unknown[][]) => utils.aoa_to_sheet(rows)
/** A sheet of one column `v` whose cells are made by hand. */
function cellSheet(...cells: CellObject[]): WorkSheet {
  const sheet = rowsOf([['v']])
  for (const [at, cell] of cells.entries()) sheet[`A${at + 2}`] = cell
  sheet['!ref'] = `A1:A${cells.length + 1}`
  return sheet
}

test.each<[what: string, cell: CellObject, value: unknown]>([
  ['text with leading zeros', { t: 's', v: '007' }, '007'],
  ['text of long digits', { t: 's', v: '12345678901234567890' }, '12345678901234567890'],
  ['a number', { t: 'n', v: 1.5 }, 1.5],
  ['a number shown with leading zeros', { t: 'n', v: 42, z: '00000' }, '00042'],
  ['a longer one of such', { t: 'n', v: 123456, z: '00000' }, '123456'],
  ['a number with two decimals', { t: 'n', v: 3, z: '0.00' }, 3],
  ['a percentage', { t: 'n', v: 0.25, z: '0%' }, 0.25],
  ['a date', { t: 'n', v: 45292, z: 'yyyy-mm-dd' }, '2024-01-01'],
  ['a date in the built-in format', { t: 'n', v: 45292, z: 'm/d/yy' }, '2024-01-01'],
  ['a moment', { t: 'n', v: 45292.75, z: 'yyyy-mm-dd hh:mm' }, '2024-01-01T18:00:00'],
  ['a time', { t: 'n', v: 0.5, z: 'hh:mm' }, '12:00:00'],
  ['hours beyond a day', { t: 'n', v: 1.5, z: '[h]:mm:ss' }, '36:00:00'],
  ['1 January 1900', { t: 'n', v: 1, z: 'yyyy-mm-dd' }, '1900-01-01'],
  ['a boolean', { t: 'b', v: true }, true],
  ['an error', { t: 'e', v: 42 }, '#N/A'],
  ['a formula with its result', { t: 'n', v: 3, f: '1+2' }, 3],
  ['text that looks like a date', { t: 's', v: '1/2/2024' }, '1/2/2024'],
  ['an empty text', { t: 's', v: '' }, ''],
])('a cell with %s', async (_what, cell, value) => {
  save('x.xlsx', { One: cellSheet(cell, { t: 's', v: 'end' }) })
  const { rows } = await read('x.xlsx')
  expect(rows[0]).toEqual({ v: value })
})

test('dates of 1904', async () => {
  save('mac.xlsx', { One: cellSheet({ t: 'n', v: 0, z: 'yyyy-mm-dd' }, { t: 'n', v: 43830, z: 'yyyy-mm-dd' }) }, { date1904: true })
  expect((await read('mac.xlsx')).rows).toEqual([{ v: '1904-01-01' }, { v: '2024-01-01' }])
})

const grid = rowsOf([
  ['A report', null, null, null],
  [],
  ['id', 'name', null, 'sum'],
  ['001', 'a', 'x', 1],
  ['002', 'b', null, 2],
  [],
  ['003', 'c', null, 3],
])
save('grid.xlsx', { Secret: rowsOf([['h'], [1]]), 'My Data': grid, Empty: rowsOf([]) }, { hidden: ['Secret'] })

test.each<[options: object, columns: string[], first: unknown[], total: number]>([
  [{ header_row: 3 }, ['id', 'name', 'column_3', 'sum'], ['001', 'a', 'x', 1], 3],
  [{ range: 'A3:D7' }, ['id', 'name', 'column_3', 'sum'], ['001', 'a', 'x', 1], 3],
  [{ range: '$A$3:$B$5' }, ['id', 'name'], ['001', 'a'], 2],
  [{ range: 'B5:A3' }, ['id', 'name'], ['001', 'a'], 2],
  [{ range: 'a3:b4' }, ['id', 'name'], ['001', 'a'], 1],
  [{ range: '3:4' }, ['id', 'name', 'column_3', 'sum'], ['001', 'a', 'x', 1], 1],
  [{ range: 'D:D', header_row: 3 }, ['sum'], [1], 3],
  [{ range: 'A3' }, ['id', 'name', 'column_3', 'sum'], ['001', 'a', 'x', 1], 3],
  [{ range: "'My Data'!A3:A4" }, ['id'], ['001'], 1],
  [{ range: 'A4:D5', header: false }, ['A', 'B', 'C', 'D'], ['001', 'a', 'x', 1], 2],
  [{ range: 'B4:B5', header: false }, ['B'], ['a'], 2],
  [{ header_row: 3, offset: 2 }, ['id', 'name', 'column_3', 'sum'], ['003', 'c', null, 3], 3],
  [{ sheet: 1 }, ['h'], [1], 1],
  [{ sheet: 'secret' }, ['h'], [1], 1],
  [{ sheet: '2', header_row: 3, range: 'A:A' }, ['id'], ['001'], 3],
  [{ sheet: 'Secret', header: false }, ['A'], ['h'], 2],
])('reads a sheet by %j', async (options, columns, first, total) => {
  const answer = await read('grid.xlsx', options)
  expect(answer.columns).toEqual(columns)
  expect(Object.values(answer.rows[0])).toEqual(first)
  expect(answer.total_rows).toBe(total)
})

test('sheets are told; the first that is not hidden is read; limits; an empty sheet', async () => {
  const answer = await read('grid.xlsx', { limit: 1 })
  expect(answer).toMatchObject({ sheet: 'My Data', columns: ['A report', 'column_2', 'column_3', 'column_4'], truncated: true, next_offset: 1 })
  expect(answer.sheets).toEqual([
    { name: 'Secret', hidden: true, rows: 2, columns: 1 },
    { name: 'My Data', hidden: false, rows: 7, columns: 4 },
    { name: 'Empty', hidden: false, rows: 0, columns: 0 },
  ])
  expect(await read('grid.xlsx', { sheet: 'Empty' })).toMatchObject({ rows: [], columns: [], warnings: ['there is nothing in these cells'] })
  expect((await read('grid.xlsx', { header_row: 3 })).warnings).toContain('1 empty row was left out')
})

test.each<[options: object, message: string]>([
  [{ sheet: 'Nope' }, 'sheet: there is no sheet "Nope". Sheets, counted from 1: Secret, My Data, Empty'],
  [{ sheet: 4 }, 'sheet: there is no sheet 4'],
  [{ sheet: 0 }, 'sheet: there is no sheet 0'],
  [{ range: 'what' }, 'range: "what" is no range'],
  [{ range: 'A1:B' }, 'is no range'],
  [{ range: 'A0:B2' }, 'is no range'],
  [{ range: 'Secret!A1', sheet: 2 }, 'range: the range names another sheet'],
  [{ header_row: 99 }, 'header_row: row 99 is not among the rows'],
  [{ header_row: 1, range: 'A3:D5' }, 'header_row: row 1 is not among the rows that are read (3 to 5)'],
])('refuses %j', async (options, message) => {
  await expect(read('grid.xlsx', options)).rejects.toThrow(message)
})

test.each(['xlsx', 'xlsm', 'xlsb', 'biff8', 'ods'])('reads a workbook as %s', async (type) => {
  const name = `book.${type === 'biff8' ? 'xls' : type}`
  save(
    name,
    {
      One: rowsOf([
        ['id', 'n'],
        ['007', 1.5],
      ]),
    },
    { type },
  )
  expect((await read(name)).rows).toEqual([{ id: '007', n: 1.5 }])
  expect(await call('/read', { path: name }, context)).toMatchObject({ kind: 'xlsx' })
})

/** A workbook whose only sheet has these cells below a title. */
function rawSheet(...cells: string[]) {
  const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  const kind = 'application/vnd.openxmlformats-officedocument.spreadsheetml'
  const rows = ['<c t="inlineStr"><is><t>v</t></is></c>', ...cells].map(
    (cell, at) => `<row r="${at + 1}">${cell.replace('<c', `<c r="A${at + 1}"`)}</row>`,
  )
  return zipOf({
    '[Content_Types].xml': `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Override PartName="/xl/workbook.xml" ContentType="${kind}.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="${kind}.worksheet+xml"/></Types>`,
    'xl/workbook.xml': `<workbook xmlns="${main}" xmlns:r="${relations}"><sheets><sheet name="S" sheetId="1" r:id="rId1"/></sheets></workbook>`,
    'xl/_rels/workbook.xml.rels': `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="${relations}/worksheet" Target="worksheets/sheet1.xml"/></Relationships>`,
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}"><sheetData>${rows.join('')}</sheetData></worksheet>`,
  })
}

test.each<[cell: string, value: unknown]>([
  ['<c><v>1234567890123456789</v></c>', '1234567890123456789'],
  ['<c t="d"><v>2024-01-05T06:07:08</v></c>', '2024-01-05T06:07:08'],
  ['<c t="d"><v>2024-01-05</v></c>', '2024-01-05'],
  ['<c t="str"><f>A1</f><v>007</v></c>', '007'],
  ['<c t="inlineStr"><is><r><t>a </t></r><r><t>b</t></r></is></c>', 'a b'],
  ['<c><v>0</v></c>', 0],
])('a cell as it is in the file: %s', async (cell, value) => {
  write('raw.xlsx', rawSheet(cell))
  expect((await read('raw.xlsx')).rows).toEqual([{ v: value }])
})

test('a formula without a stored result is null, and said', async () => {
  write('raw.xlsx', rawSheet('<c><v>1</v></c>', '<c><f>1+1</f></c>'))
  expect((await read('raw.xlsx')).warnings).toEqual(['1 formula has no stored value; the cells are null', '1 empty row was left out'])
})

test('what is no workbook, a broken one, one with a lie about its size', async () => {
  write('not.xlsx', 'a,b\n1,2\n')
  await expect(read('not.xlsx')).rejects.toThrow('path: files/not.xlsx is a text, not a workbook; use /read_text')
  write('doc.xlsx', docxOf(''))
  await expect(read('doc.xlsx')).rejects.toThrow('is a Word document, not a workbook; use /read_docx')
  write('cut.xlsx', zipOf({ 'xl/workbook.xml': 'x'.repeat(1_000) }).subarray(0, 60))
  await expect(read('cut.xlsx')).rejects.toThrow('path: files/cut.xlsx is broken')
  write('lie.xlsx', zipOf({ 'xl/workbook.xml': 'x'.repeat(1_000_000) }, { 'xl/workbook.xml': 10 }))
  await expect(read('lie.xlsx')).rejects.toThrow('not as long as it says')
  write('bomb.xlsx', zipOf({ 'xl/workbook.xml': 'x' }, { 'xl/workbook.xml': 4_000_000_000 }))
  await expect(read('bomb.xlsx')).rejects.toThrow('unpacks to 4000000000 bytes')
  write('safe.xlsx', Buffer.from(`\xd0\xcf\x11\xe0${[...'EncryptedPackage'].join('\0')}`, 'latin1'))
  await expect(read('safe.xlsx')).rejects.toThrow('protected by a password')
})
