import { expect, test } from 'vitest'
import { zipOf } from '../../file-reader/test/make-files.ts'
import { sheetAt, isHidden, openWorkbook } from './open-workbook.ts'
import { cellsOf, wholeSheet } from './sheet-cells.ts'

const head = '<?xml version="1.0" encoding="UTF-8"?>'
const open = (bytes: Uint8Array) => openWorkbook(bytes, { what: 'the workbook', field: 'path' })

// As openpyxl without lxml writes it: everything beyond ASCII by its number.
const byNumbers = zipOf({
  '[Content_Types].xml': `${head}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/><Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/><Override PartName="/xl/worksheets/sheet1.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.worksheet+xml"/><Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>`,
  '_rels/.rels': `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`,
  'xl/workbook.xml': `${head}<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="&#128200; Q1" sheetId="1" r:id="rId1"/></sheets></workbook>`,
  'xl/_rels/workbook.xml.rels': `${head}<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="rId1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`,
  'xl/sharedStrings.xml': `${head}<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" count="1" uniqueCount="1"><si><t>&#233; &#28450; &#128512; &#x1F600; &amp;#128512; é</t></si></sst>`,
  'xl/worksheets/sheet1.xml': `${head}<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData><row r="1"><c r="A1" t="s"><v>0</v></c><c r="B1" t="inlineStr"><is><t>in &#128512;</t></is></c><c r="C1" t="str"><f>"x"</f><v>of &#128512;</v></c></row></sheetData></worksheet>`,
})

test('characters that are written by their number are those characters', async () => {
  const workbook = await open(byNumbers)
  expect(workbook.book.SheetNames).toEqual(['📈 Q1'])
  expect(await cellsOf(workbook, '📈 Q1', wholeSheet, [])).toEqual([['é 漢 😀 😀 &#128512; é', 'in 😀', 'of 😀']])
})

const names = ['office', 'style', 'table', 'text'].map((name) => `xmlns:${name}="urn:oasis:names:tc:opendocument:xmlns:${name}:1.0"`).join(' ')
const cell = (kind: string, shown: string) => `<table:table-cell office:value-type="${kind}"><text:p>${shown}</text:p></table:table-cell>`
const openDocument = zipOf({
  mimetype: 'application/vnd.oasis.opendocument.spreadsheet',
  'META-INF/manifest.xml': `${head}<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"><manifest:file-entry manifest:full-path="content.xml" manifest:media-type="text/xml"/></manifest:manifest>`,
  'styles.xml': `${head}<office:document-styles ${names} office:version="1.2"/>`,
  'content.xml': `${head}<office:document-content ${names} office:version="1.2"><office:automatic-styles><style:style style:name="ta1" style:family="table"><style:table-properties table:display="true"/></style:style><style:style style:name="ta2" style:family="table"><style:table-properties table:display="false"/></style:style></office:automatic-styles><office:body><office:spreadsheet><table:table table:name="Old &amp; new" table:style-name="ta2"><table:table-row>${cell('string', 'no')}</table:table-row></table:table><table:table table:name="R&amp;D &lt;1&gt;" table:style-name="ta1"><table:table-row>${cell('date" office:date-value="2024-03-05', 'Tuesday')}${cell('date" office:date-value="1850-03-04', '1850')}${cell('date" office:date-value="2024-03-05T10:20:30', 'x')}${cell('time" office:time-value="PT13H05M00S', '13:05')}${cell('boolean" office:boolean-value="true', 'TRUE')}${cell('string', '007')}${cell('string', 'a &#128512;')}</table:table-row></table:table></office:spreadsheet></office:body></office:document-content>`,
})

test('OpenDocument: dates whatever their style, names and hidden sheets', async () => {
  const workbook = await open(openDocument)
  expect(workbook.book.SheetNames).toEqual(['Old & new', 'R&D <1>'])
  expect([isHidden(workbook, 0), isHidden(workbook, 1), sheetAt(workbook, undefined), sheetAt(workbook, 'R&D <1>')]).toEqual([true, false, 1, 1])
  expect(await cellsOf(workbook, 'R&D <1>', wholeSheet, [])).toEqual([
    ['2024-03-05', '1850-03-04', '2024-03-05T10:20:30', '13:05:00', true, '007', 'a 😀'],
  ])
})
