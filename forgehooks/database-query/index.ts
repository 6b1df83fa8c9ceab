import type { HookHandlers } from '@cadre/contract/forgehook'
import { describe } from './describe.ts'
import { query, queryData, queryFile, queryRows } from './query.ts'

const handlers: HookHandlers = {
  '/query_file': queryFile,
  '/query_data': queryData,
  '/query_rows': queryRows,
  '/query': query,
  '/describe': describe,
}
export default handlers
