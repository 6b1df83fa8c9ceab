import type { HookHandlers } from '@cadre/contract/forgehook'
import { cast } from './cast.ts'
import { clean } from './clean.ts'
import { rename, select } from './columns.ts'
import { csvToJson } from './csv-to-json.ts'
import { dedupe } from './dedupe.ts'
import { describe } from './describe.ts'
import { fill } from './fill.ts'
import { filter } from './filter.ts'
import { format } from './format.ts'
import { group } from './group.ts'
import { join } from './join.ts'
import { jsonToCsv } from './json-to-csv.ts'
import { limit } from './limit.ts'
import { parse } from './parse.ts'
import { pivot, unpivot } from './pivot.ts'
import { sort } from './sort.ts'
import { validate } from './validate.ts'

const handlers: HookHandlers = {
  '/csv_to_json': csvToJson,
  '/json_to_csv': jsonToCsv,
  '/parse': parse,
  '/format': format,
  '/filter': filter,
  '/sort': sort,
  '/select': select,
  '/rename': rename,
  '/cast': cast,
  '/dedupe': dedupe,
  '/group': group,
  '/join': join,
  '/pivot': pivot,
  '/unpivot': unpivot,
  '/fill': fill,
  '/limit': limit,
  '/clean': clean,
  '/validate': validate,
  '/describe': describe,
}
export default handlers
