import type { HookHandlers } from '@cadre/contract/forgehook'
import { addColumn } from './add-column.ts'
import { aggregate } from './aggregate.ts'
import { evaluate } from './evaluate.ts'
import { spreadsheet } from './spreadsheet.ts'

const handlers: HookHandlers = {
  '/evaluate': evaluate,
  '/add_column': addColumn,
  '/aggregate': aggregate,
  '/spreadsheet': spreadsheet,
}
export default handlers
