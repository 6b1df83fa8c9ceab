import type { HookHandlers } from '@cadre/contract/forgehook'
import { search } from './search.ts'

const handlers: HookHandlers = { '/search': search }
export default handlers
