import type { Db } from '../storage/database.ts'
import { fromJson, toJson } from '../storage/json.ts'
import { deleteValue, type HookPlace, selectKeys, selectValue, upsertValue } from './hook-values.store.ts'
import { plainJson } from './plain-json.ts'
import { ToolError } from './tool-error.ts'

const longestKey = 200
const longestValue = 64_000
const mostKeys = 10_000

/** Values that a ForgeHook keeps between its calls in one workspace, apart from all others. Throws ToolError naming the field. */
export type HookStore = {
  get: (of: HookPlace, key: string) => Promise<unknown>
  set: (of: HookPlace, key: string, value: unknown) => Promise<void>
  delete: (of: HookPlace, key: string) => Promise<void>
  keys: (of: HookPlace, prefix: string) => Promise<string[]>
}

export function openHookStore({ db, now }: { db: Db; now: () => number }): HookStore {
  return {
    async get(of, key) {
      const text = await selectValue(db.read, of, keyOf(key))
      return text === null ? null : fromJson(text)
    },
    async set(of, key, value) {
      const text = jsonOf(value)
      const row = { workspace_id: of.workspace_id, plugin_id: of.hook_id, key: keyOf(key), value: text, updated_at: now() }
      const stored = await db.write((trx) => upsertValue(trx, row, mostKeys))
      if (!stored) throw new ToolError(`there are already ${mostKeys} keys in the store of '${of.hook_id}'; delete some first`)
    },
    async delete(of, key) {
      await db.write((trx) => deleteValue(trx, of, keyOf(key)))
    },
    keys: (of, prefix) => selectKeys(db.read, of, prefix, 1_000),
  }
}

// Postgres refuses NUL and lone surrogates: said here, in words.
function keyOf(key: string): string {
  if (key === '' || key.length > longestKey) throw new ToolError(`key: must have 1 to ${longestKey} characters`)
  if (key.includes('\0') || !key.isWellFormed()) throw new ToolError('key: holds a character that cannot be stored')
  return key
}

function jsonOf(value: unknown): string {
  let text: string
  try {
    plainJson(value)
    text = toJson(value)
  } catch (error) {
    throw new ToolError(`value: ${(error as Error).message.replace('the output', 'it')}`)
  }
  const bytes = Buffer.byteLength(text)
  if (bytes > longestValue) throw new ToolError(`value: has ${bytes} bytes as JSON; the limit is ${longestValue}`)
  return text
}
