import type { HookHandlers } from '@cadre/contract/forgehook'
import { add, diff, range } from './arithmetic.ts'
import { businessDays } from './business-days.ts'
import { parse } from './parse.ts'
import { parseDates } from './parse-dates.ts'
import { convertZone, format, now } from './zones.ts'

const handlers: HookHandlers = {
  '/parse': parse,
  '/parse_dates': parseDates,
  '/format': format,
  '/add': add,
  '/diff': diff,
  '/business_days': businessDays,
  '/range': range,
  '/convert_zone': convertZone,
  '/now': now,
}
export default handlers
