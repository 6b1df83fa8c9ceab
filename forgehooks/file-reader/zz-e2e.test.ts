import { expect, test, afterAll } from 'vitest'
import { EmbeddedPool } from '../../core/src/tools/embedded/embedded-runtime.ts'
import { openFileRoots } from '../../core/src/tools/files/file-roots.ts'
import { toolOf, callOf } from '../../core/src/tools/test/hook-tool.ts'
import { openCapabilities } from '../../core/src/tools/capabilities.ts'
import { readManifest } from '../lib/hook-test.ts'
import { filesContext } from './test/files-context.ts'
import { docxOf, paragraph, pdfOf, zipOf } from './test/make-files.ts'
import { utils, write as writeBook } from '@e965/xlsx'

const here = new URL('./', import.meta.url)
const m = readManifest(here)
const { folder, write } = filesContext({ 'a.txt': 'hello\n', 'p.pdf': pdfOf([['x']]), 'enc.pdf': pdfOf([['x']], { encrypt: true }), 'd.docx': docxOf(paragraph('hi')) })
const files = openFileRoots([{ name: 'files', path: folder }])
const capabilities = openCapabilities({ files, connector: null as any, sql: null as any, connections: null as any, store: null as any, secrets: {}, log: console as any })
const pool = new EmbeddedPool({ capabilities, onDefect: (t, f) => console.log('DEFECT', t, f) })
afterAll(() => pool.close())
const call = async (path: string, input: object) => {
  const t = performance.now()
  const tool = toolOf({ path, limits: m.limits, grants: m.permissions, runtime: { type: 'embedded', entry: new URL('index.ts', here).href } })
  try { return await pool.call(callOf(tool, input), tool.runtime as any) as any } catch (e) { return { error: (e as Error).message } }
  finally { console.log(path, JSON.stringify(input), Math.round(performance.now() - t), 'ms', Math.round(process.memoryUsage().rss / 1e6), 'MB') }
}
test('through threads', async () => {
  const book = utils.book_new(); utils.book_append_sheet(book, utils.aoa_to_sheet(Array.from({ length: 100_000 }, (_, i) => [i, `name ${i}`, i / 3, '007'])), 'S')
  write('big.xlsx', writeBook(book, { type: 'buffer', bookType: 'xlsx', compression: true }) as any)
  write('big.csv', 'id,name,x,y\n' + Array.from({ length: 1_500_000 }, (_, i) => `${i},name ${i},${i / 3},007\n`).join(''))
  write('big.json', JSON.stringify(Array.from({ length: 500_000 }, (_, i) => ({ id: i, name: `name ${i}`, tags: ['a', 'b'] }))))
  write('big.txt', Array.from({ length: 3_000_000 }, (_, i) => `this is line ${i} of the file\n`).join(''))
  write('one.txt', 'x'.repeat(30_000_000))
  write('many.pdf', pdfOf(Array.from({ length: 500 }, (_, i) => Array.from({ length: 40 }, (_, j) => `page ${i} line ${j} with some words in it`))))
  write('bomb.docx', docxOf(paragraph('x'), '', { 'word/document.xml': `<?xml version="1.0"?><w:document xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"><w:body>${paragraph('x').repeat(2_000_000)}</w:body></w:document>` }))
  for (const [p, i] of [['/read_text', { path: 'a.txt' }], ['/read_pdf', { path: 'p.pdf' }], ['/read_pdf', { path: 'enc.pdf' }], ['/read_docx', { path: 'd.docx' }], ['/read_xlsx', { path: 'big.xlsx', limit: 2 }], ['/read_xlsx', { path: 'big.xlsx', limit: 2 }],
   ['/read_csv', { path: 'big.csv', limit: 1 }], ['/read_json', { path: 'big.json', limit: 1 }], ['/read_text', { path: 'big.txt', tail: 1 }], ['/read_text', { path: 'one.txt', max_chars: 10 }], ['/read_pdf', { path: 'many.pdf', max_chars: 100 }],['/read_pdf', { path: 'many.pdf' }], ['/read_docx', { path: 'bomb.docx', max_chars: 10 }],
   ['/search', { query: 'line 2999999', max_matches: 2 }], ['/search', { query: '(x+x+)+y', regex: true, path: 'one.txt' }], ['/list', {}], ['/read_text', { path: '../../etc/passwd' }]] as any) {
    const r = await call(p, i)
    console.log(JSON.stringify(r).slice(0, 250))
  }
}, 300_000)
