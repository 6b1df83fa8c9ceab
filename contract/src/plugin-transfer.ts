import { z } from 'zod'
import { Manifest } from './manifest.ts'

const id = z.string().min(1).max(100)
const secretName = z.string().min(1).max(200)

/** What a file of a workspace begins with. It may hold agents beside ForgeHooks: whoever reads it takes what it knows. */
export const workspaceFormat = 'cadre-workspace-1'

/** One registered ForgeHook as a file has it: all of it, with the source of code, and no value of a header or variable. */
export const HookInFile = z.strictObject({
  manifest: Manifest,
  /** Headers and variables of its runtime whose values stayed behind. */
  secrets: z.array(secretName).max(200).default([]),
})
export type HookInFile = z.infer<typeof HookInFile>

export const ExportHooks = z.strictObject({
  /** All that are registered in this workspace where it is left out. */
  ids: z.array(id).min(1).max(200).optional(),
})
export type ExportHooks = z.infer<typeof ExportHooks>

export const HooksFile = z.object({ format: z.literal(workspaceFormat), forgehooks: z.array(HookInFile) })
export type HooksFile = z.infer<typeof HooksFile>

export const ImportHooks = z.strictObject({
  format: z.literal(workspaceFormat),
  /** Each is checked by itself: one that is refused keeps none of the others back. */
  forgehooks: z.array(z.record(z.string(), z.unknown())).min(1).max(200),
  /** What becomes of one whose id is taken by another. */
  on_conflict: z.enum(['skip', 'rename', 'replace']).default('skip'),
  /** By its id in the file: the values that stayed behind. */
  secrets: z.record(id, z.record(secretName, z.string().max(8_000))).default({}),
  /** By its id in the file: the `hash` of what was seen. A file grants nothing: what one asks for is granted by this alone. */
  approve: z.record(id, z.string().max(100)).default({}),
  /** Check everything and say what would be done. */
  dry_run: z.boolean().default(false),
})
export type ImportHooks = z.infer<typeof ImportHooks>
export type ImportHooksInput = z.input<typeof ImportHooks>

/** Something that a ForgeHook can reach once it is here: a host, the server that it speaks to, a command of this machine. */
export const Asked = z.object({
  what: z.enum(['server', 'command', 'image', 'network', 'files', 'secrets', 'databases', 'store', 'lifecycle']),
  value: z.string(),
})
export type Asked = z.infer<typeof Asked>

export const ImportRefusal = z.object({
  code: z.enum([
    'malformed', // it is no ForgeHook that could be registered; the message says which field
    'twice', // another in the file has the same id
    'too_many', // with those before it, more endpoints than one import may have
    'bundled', // the one here belongs to the server
    'no_free_id',
    'approval_needed', // `asks` was not approved by its `hash`
    'secrets_needed', // `needs` says which values
    'not_allowed', // the caller may not register this
    'unreachable', // its MCP server does not answer as it must
    'changed_there', // its MCP server offers other tools than the file says
  ]),
  message: z.string(),
})
export type ImportRefusal = z.infer<typeof ImportRefusal>

export const ImportedHook = z.object({
  /** Its place in the file, from 0. */
  index: z.int(),
  /** In the file; null where it says none. */
  id: z.string().nullable(),
  name: z.string().nullable(),
  /** Under which it is here; another than in the file where it was renamed, null where it is not here. */
  here: z.string().nullable(),
  outcome: z.enum(['made', 'changed', 'same', 'skipped', 'refused']),
  /** Of a refused one. */
  reason: ImportRefusal.nullable(),
  asks: z.array(Asked),
  /** Names this very ForgeHook, for `approve`. */
  hash: z.string().nullable(),
  /** Names of the values that have to be given. */
  needs: z.array(z.string()),
})
export type ImportedHook = z.infer<typeof ImportedHook>

export const HooksImported = z.object({ dry_run: z.boolean(), items: z.array(ImportedHook) })
export type HooksImported = z.infer<typeof HooksImported>
