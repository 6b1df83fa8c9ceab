import type { Db } from '../storage/database.ts'
import { fromJson, toJson } from '../storage/json.ts'
import { deleteValue, selectKeys, selectValue, upsertValue } from './hook-values.store.ts'
import { plainJson } from './plain-json.ts'
import { ToolError } from './tool-error.ts'

const longestKey = 200
const longestValue = 64_000
const mostKeys = 10_000

/** Values that a ForgeHook keeps between its calls, apart from those of all others. Throws ToolError naming the field. */
export type HookStore = {
  get: (hookId: string, key: string) => Promise<unknown>
  set: (hookId: string, key: string, value: unknown) => Promise<void>
  delete: (hookId: string, key: string) => Promise<void>
  keys: (hookId: string, prefix: string) => Promise<string[]>
}

export function openHookStore({ db, now }: { db: Db; now: () => number }): HookStore {
  return {
    async get(hookId, key) {
      const text = await selectValue(db.read, hookId, keyOf(key))
      return text === null ? null : fromJson(text)
    },
    async set(hookId, key, value) {
      const text = jsonOf(value)
      const stored = await db.write((trx) => upsertValue(trx, { plugin_id: hookId, key: keyOf(key), value: text, updated_at: now() }, mostKeys))
      if (!stored) throw new ToolError(`there are already ${mostKeys} keys in the store of '${hookId}'; delete some first`)
    },
    async delete(hookId, key) {
      await db.write((trx) => deleteValue(trx, hookId, keyOf(key)))
    },
    keys: (hookId, prefix) => selectKeys(db.read, hookId, prefix, 1_000),
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
