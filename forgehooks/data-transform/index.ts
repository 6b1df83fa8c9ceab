import type { HookHandlers } from '@cadre/contract/forgehook'
import { rowHandlers } from './rows.ts'
import { textHandlers } from './text.ts'

const handlers: HookHandlers = { ...textHandlers, ...rowHandlers }
export default handlers
