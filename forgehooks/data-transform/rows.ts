import type { HookHandlers } from '@cadre/contract/forgehook'
import { cast } from './rows-cast.ts'
import { clean } from './rows-clean.ts'
import { limit, rename, select } from './rows-columns.ts'
import { dedupe } from './rows-dedupe.ts'
import { describe } from './rows-describe.ts'
import { fill } from './rows-fill.ts'
import { filter } from './rows-filter.ts'
import { group } from './rows-group.ts'
import { join } from './rows-join.ts'
import { pivot, unpivot } from './rows-pivot.ts'
import { sort } from './rows-sort.ts'
import { validate } from './rows-validate.ts'

export const rowHandlers: HookHandlers = {
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
