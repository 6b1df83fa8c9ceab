import { utils, write } from '@e965/xlsx'
import { testExamples } from '../lib/hook-test.ts'
import handlers from './index.ts'
import { filesContext } from './test/files-context.ts'
import { bold, docxOf, paragraph, pdfOf, plain } from './test/make-files.ts'

const book = utils.book_new()
utils.book_append_sheet(
  book,
  utils.aoa_to_sheet([
    ['code', 'count', 'note'],
    ['0042', 3, 'a'],
    ['0043', 5, 'b'],
  ]),
  'Stock',
)

const { context } = filesContext({
  'notes.txt': 'first\nsecond\nthird\n',
  'config.yaml': 'servers:\n  - name: a\n    port: 80\n  - name: b\n    port: 81\n',
  'letter.pdf': pdfOf([['Dear reader,', 'this is page one.'], ['Page two.']], { title: 'A letter' }),
  'minutes.docx': docxOf(paragraph('Minutes', 'Heading1') + `<w:p>${plain('All ')}${bold('agreed')}${plain('.')}</w:p>`),
  'reports/sales.csv': 'id;city;amount\n007;Köln;12.50\n012;"Bonn; Beuel";7.00\n',
  'reports/stock.xlsx': write(book, { type: 'buffer', bookType: 'xlsx' }) as Uint8Array,
})

testExamples(new URL('./', import.meta.url), handlers, context)
