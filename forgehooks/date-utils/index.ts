import type { HookHandlers } from '@cadre/contract/forgehook'
import { add } from './add.ts'
import { businessDays } from './business-days.ts'
import { convertZone } from './convert-zone.ts'
import { diff } from './diff.ts'
import { format } from './format.ts'
import { now } from './now.ts'
import { parse } from './parse.ts'
import { parseDates } from './parse-dates.ts'
import { range } from './range.ts'

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
