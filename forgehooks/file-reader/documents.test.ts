import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import { flatTables } from './flat-tables.ts'
import handlers from './index.ts'
import { pagesAsked } from './page-range.ts'
import { filesContext } from './test/files-context.ts'
import { bold, docxOf, paragraph, pdfOf, picture, plain, zipOf } from './test/make-files.ts'

const { context, write } = filesContext({ 'outside.txt': 'SECRET' })
const call = caller(new URL('./', import.meta.url), handlers)
const pdf = (content: Uint8Array | string, options: object = {}) => {
  write('x.pdf', content)
  return call('/read_pdf', { path: 'x.pdf', ...options }, context)
}
const docx = (content: Uint8Array, options: object = {}) => {
  write('x.docx', content)
  return call('/read_docx', { path: 'x.docx', ...options }, context)
}

test('a PDF page by page', async () => {
  const three = pdfOf([['One (1)', 'back\\slash'], ['Two'], ['Three é']], { title: 'Gr\\374\\337e' })
  expect(await pdf(three)).toEqual({
    path: 'files/x.pdf',
    title: 'Grüße',
    author: null,
    page_count: 3,
    has_text: true,
    pages: [
      { page: 1, text: 'One (1)\nback\\slash' },
      { page: 2, text: 'Two' },
      { page: 3, text: 'Three é' },
    ],
    truncated: false,
    warnings: [],
  })
  const numbers = async (pages: unknown) => (await pdf(three, { pages })).pages.map(({ page }: { page: number }) => page)
  expect(await numbers(2)).toEqual([2])
  expect(await numbers('3,1-2')).toEqual([3, 1, 2])
  expect(await numbers('last')).toEqual([3])
  await expect(pdf(three, { pages: 4 })).rejects.toThrow('pages: there is no page 4: the file has 3 pages')
  expect(await pdf(three, { max_chars: 20 })).toMatchObject({ pages: [{ page: 1 }], truncated: true, next_page: 2 })
})

test.each<[asked: string | number | undefined, pages: number[] | string]>([
  [undefined, [1, 2, 3, 4, 5]],
  ['all', [1, 2, 3, 4, 5]],
  ['', [1, 2, 3, 4, 5]],
  ['4-', [4, 5]],
  ['2 - 3', [2, 3]],
  ['2–3', [2, 3]],
  ['2 to 3', [2, 3]],
  ['1;5', [1, 5]],
  ['4-last', [4, 5]],
  ['1,1-2', [1, 2]],
  [0, 'names no pages'],
  ['3-2', 'names no pages'],
  ['-2', 'names no pages'],
  ['a', 'names no pages'],
  ['1,,2', 'names no pages'],
  ['1.5', 'names no pages'],
  ['5-6', 'there is no page 6'],
  ['9-', 'there is no page 9'],
  ['1-9999999', 'there is no page 9999999'],
])('pages %j', (asked, pages) => {
  if (typeof pages === 'string') expect(() => pagesAsked(asked, 5)).toThrow(pages)
  else expect(pagesAsked(asked, 5)).toEqual(pages)
})

test('a scan has no text, and says so; one page with text is enough', async () => {
  const scan = await pdf(pdfOf([null, null]))
  expect(scan).toMatchObject({ has_text: false, page_count: 2, title: null })
  expect(scan.warnings[0]).toContain('a scan')
  expect(await pdf(pdfOf([null, ['x']]))).toMatchObject({ has_text: true, warnings: ['no text on page 1: a picture, or empty'] })
})

test.each<[content: Uint8Array | string, message: string]>([
  [pdfOf([['x']], { encrypt: true }), 'path: files/x.pdf is protected by a password and cannot be read'],
  ['%PDF-1.4\nnothing', 'path: files/x.pdf is no PDF, or a broken one'],
  ['', 'is no PDF'],
  ['hello', 'is no PDF'],
  [zipOf({ a: 'b' }), 'is no PDF'],
])('refuses a PDF that is none to be read (%#)', async (content, message) => {
  await expect(pdf(content)).rejects.toThrow(message)
})

test('a page that is broken does not take the others along', async () => {
  const answer = await pdf(pdfOf([['a'], ['b'], ['c']], { raw: { 1: 'BT /F1 12 Tf (unclosed Tj ET' } }))
  expect([answer.pages[0].text, answer.pages[2].text]).toEqual(['a', 'c'])
})

const cell = (text: string) => `<w:tc>${paragraph(text)}</w:tc>`
const table = `<w:tbl>${[
  ['Name', 'Sum'],
  ['a|b', '1'],
]
  .map((row) => `<w:tr>${row.map(cell).join('')}</w:tr>`)
  .join('')}</w:tbl>`
const body = `${paragraph('Title', 'Heading1')}<w:p>${plain('Some ')}${bold('bold')}${plain(' &amp; 1 * 2 words')}</w:p>${table}${paragraph('End')}`

test('a Word document as Markdown, text and HTML', async () => {
  const markdown = await docx(docxOf(body))
  expect(markdown).toMatchObject({ format: 'markdown', truncated: false, warnings: [] })
  expect(markdown.text).toBe('# Title\n\nSome **bold** & 1 \\* 2 words\n\n| Name | Sum |\n| --- | --- |\n| a\\|b | 1 |\n\nEnd\n')
  expect((await docx(docxOf(body), { format: 'txt' })).text).toBe('Title\n\nSome bold & 1 * 2 words\n\nName\n\nSum\n\na|b\n\n1\n\nEnd\n')
  const html = await docx(docxOf(body), { format: 'html' })
  expect(html.text).toContain('<h1>Title</h1><p>Some <strong>bold</strong> &amp; 1 * 2 words</p><table>')
})

test('pictures are left out, and nothing a document points to is loaded', async () => {
  for (const elsewhere of ['http://127.0.0.1:9/x.png', 'file:///etc/passwd', '/etc/passwd', '../../outside.txt']) {
    const answer = await docx(docxOf(`${picture('embed', 'rId1')}${picture('link', 'rId2')}${paragraph('text')}`, elsewhere))
    expect(answer.text).toBe('text\n')
    expect(answer.warnings).toEqual(['2 pictures were left out'])
  }
  const entity = `<?xml version="1.0"?><!DOCTYPE d [<!ENTITY x SYSTEM "file:///etc/passwd">]><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>a&x;b</w:t></w:r></w:p></w:body></w:document>`
  const answer = await docx(docxOf('', '', { 'word/document.xml': entity })).catch((error: Error) => ({ text: error.message }))
  expect(answer.text).not.toContain('root:')
})

test.each<[what: string, html: string, cells: string]>([
  ['joined side by side', '<tr><td colspan="2">a</td></tr><tr><td>b</td><td>c</td></tr>', 'a,|b,c'],
  ['joined from above', '<tr><td rowspan="2">a</td><td>b</td></tr><tr><td>c</td></tr>', 'a,b|,c'],
  [
    'joined both ways',
    '<tr><td colspan="2" rowspan="2">a</td><td>b</td></tr><tr><td>c</td></tr><tr><td>d</td><td>e</td><td>f</td></tr>',
    'a,,b|,,c|d,e,f',
  ],
  ['short rows', '<tr><td>a</td><td>b</td></tr><tr><td>c</td></tr>', 'a,b|c,'],
  ['a head', '<thead><tr><th>a</th></tr></thead><tbody><tr><td>b</td></tr></tbody>', 'a|b'],
])('a table with cells %s keeps each in its column', (_what, html, cells) => {
  const rows = cells.split('|').map(
    (row, at) =>
      `<tr>${row
        .split(',')
        .map((text) => (at === 0 ? `<th>${text}</th>` : `<td>${text}</td>`))
        .join('')}</tr>`,
  )
  expect(flatTables(`<p>x</p><table>${html}</table><p>y</p>`)).toBe(`<p>x</p><table>${rows.join('')}</table><p>y</p>`)
})

test('joined cells of a document', async () => {
  const down = (text: string, how: string) => `<w:tc><w:tcPr><w:vMerge${how}/></w:tcPr>${paragraph(text)}</w:tc>`
  const rows = [
    down('both', ' w:val="restart"') + cell('1'),
    down('', '') + cell('2'),
    `<w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>${paragraph('wide')}</w:tc>`,
  ]
  const { text } = await docx(docxOf(`<w:tbl>${rows.map((row) => `<w:tr>${row}</w:tr>`).join('')}</w:tbl>`))
  expect(text.replaceAll(/ +/g, ' ')).toBe('| both | 1 |\n| --- | --- |\n| | 2 |\n| wide | |\n')
})

test('headers and footers are said to be missing', async () => {
  const answer = await docx(docxOf(paragraph('x'), '', { 'word/header1.xml': '<w:hdr xmlns:w="x"/>' }))
  expect(answer.warnings).toEqual(['headers and footers of the pages are left out'])
})

test('a style map inside the document has no say', async () => {
  const answer = await docx(docxOf(paragraph('Title', 'Heading1'), '', { 'mammoth/style-map': "p[style-name='heading 1'] => script:fresh" }), {
    format: 'html',
  })
  expect(answer.text).toBe('<h1>Title</h1>')
})

test('long documents go on where they were cut', async () => {
  const options = { format: 'text', max_chars: 4 }
  const first = await docx(docxOf(paragraph('abc😀def')), options)
  expect(first).toMatchObject({ text: 'abc', truncated: true, next_offset_chars: 3 })
  expect(await docx(docxOf(paragraph('abc😀def')), { ...options, offset_chars: 3 })).toMatchObject({ text: '😀de', next_offset_chars: 7 })
})

test.each<[content: Buffer, message: string]>([
  [Buffer.from('plain'), 'path: files/x.docx is a text, not a Word document (.docx); use /read_text'],
  [pdfOf([['x']]), 'is a PDF, not a Word document (.docx); use /read_pdf'],
  [docxOf('').subarray(0, 400), 'is broken: the zip file it is made of is cut off'],
  [docxOf('<w:p><w:r>'), 'path: files/x.docx is broken and cannot be read'],
  [zipOf({ 'word/document.xml': 'x'.repeat(1_000_000) }, { 'word/document.xml': 5 }), 'not as long as it says'],
  [zipOf({ 'word/document.xml': 'x' }, { 'word/document.xml': 4_000_000_000 }), 'unpacks to 4000000000 bytes'],
  [Buffer.from(`\xd0\xcf\x11\xe0${[...'WordDocument'].join('\0')}`, 'latin1'), 'old format (.doc)'],
])('refuses a document that is none to be read (%#)', async (content, message) => {
  await expect(docx(content)).rejects.toThrow(message)
})
