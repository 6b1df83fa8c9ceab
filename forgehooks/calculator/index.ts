import type { HookHandlers } from '@cadre/contract/forgehook'
import { calculate } from './calculate.ts'
import { convert } from './convert.ts'
import { percentage } from './percentage.ts'
import { statistics } from './statistics.ts'

const handlers: HookHandlers = {
  '/calculate': calculate,
  '/statistics': statistics,
  '/percentage': percentage,
  '/convert': convert,
}
export default handlers
