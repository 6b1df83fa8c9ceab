import type { HookHandlers } from '@cadre/contract/forgehook'
import { info } from './info.ts'
import { list } from './list.ts'
import { readAny } from './read-any.ts'
import { readCsvFile } from './read-csv.ts'
import { readDocx } from './read-docx.ts'
import { readJsonFile } from './read-json.ts'
import { readPdf } from './read-pdf.ts'
import { readTextFile } from './read-text.ts'
import { readXlsxFile } from './read-xlsx.ts'
import { search } from './search.ts'

const handlers: HookHandlers = {
  '/list': list,
  '/info': info,
  '/read': readAny,
  '/read_text': readTextFile,
  '/read_csv': readCsvFile,
  '/read_json': readJsonFile,
  '/read_pdf': readPdf,
  '/read_xlsx': readXlsxFile,
  '/read_docx': readDocx,
  '/search': search,
}
export default handlers
