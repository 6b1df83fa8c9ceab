import type { HookHandlers } from '@cadre/contract/forgehook'
import { diff } from './diff.ts'
import { flatten, unflatten } from './flatten.ts'
import { inferSchema } from './infer-schema.ts'
import { mergePatch } from './merge-patch.ts'
import { patch } from './patch.ts'
import { get } from './pointer.ts'
import { query } from './query.ts'
import { parse, stringify } from './text.ts'
import { validate } from './validate.ts'

const handlers: HookHandlers = {
  '/query': query,
  '/get': get,
  '/validate': validate,
  '/infer_schema': inferSchema,
  '/merge_patch': mergePatch,
  '/patch': patch,
  '/diff': diff,
  '/flatten': flatten,
  '/unflatten': unflatten,
  '/parse': parse,
  '/stringify': stringify,
}
export default handlers
