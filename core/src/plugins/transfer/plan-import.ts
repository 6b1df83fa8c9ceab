import { canonicalJson } from '@cadre/contract/canonical-json'
import { CadreError } from '@cadre/contract/errors'
import type { Manifest } from '@cadre/contract/manifest'
import { HookInFile, type ImportedHook, type ImportHooks, type ImportRefusal } from '@cadre/contract/plugin-transfer'
import type { Actor } from '../../access/actor.ts'
import { type AddApp, complete, storable } from '../add-plugin.ts'
import { checkManifest } from '../check-manifest.ts'
import type { KnownPlugin } from '../known-plugin.ts'
import { refuseWhileSwitchedOn } from '../lifecycle/switch-lifecycle.ts'
import type { StoredManifest } from '../plugins.store.ts'
import { refuseReach } from '../refuse-reach.ts'
import { type RuntimeSecrets, withoutSecrets, withSecrets } from '../set-apart.ts'
import { opened } from '../to-tool.ts'
import { asksOf, hashOf } from './asks.ts'
import { hookInFile } from './export-plugins.ts'

/** What is to be done about one ForgeHook of a file; `write` is null where nothing is. */
export type Plan = { item: ImportedHook; write: { id: string; stored: StoredManifest; source: string | null; replaces: boolean } | null }

export type PlanContext = {
  input: ImportHooks
  known: ReadonlyMap<string, KnownPlugin>
  /** Ids that the file has so far. */
  seen: Set<string>
  /** Every id that is or will be taken, here and in the file. */
  taken: Set<string>
  /** Endpoints of those before it: each schema takes some 2 ms of the server. */
  endpoints: number
}

const mostEndpoints = 2_000
const longestId = 40

class Refused extends Error {
  readonly code: ImportRefusal['code']
  constructor(code: ImportRefusal['code'], message: string) {
    super(message)
    this.code = code
  }
}

/** Looks at one ForgeHook of a file, from the cheap to the dear: nothing of it is run or dialled before what it asks for is approved. */
export async function planImport(app: AddApp, actor: Actor, context: PlanContext, raw: Record<string, unknown>, index: number): Promise<Plan> {
  const item: ImportedHook = { index, ...namesOf(raw), here: null, outcome: 'refused', reason: null, asks: [], hash: null, needs: [] }
  try {
    return await plan(app, actor, context, raw, item)
  } catch (error) {
    const reason = refusalOf(error)
    if (reason === null) throw error
    return { item: { ...item, here: null, outcome: 'refused', reason }, write: null }
  }
}

async function plan(app: AddApp, actor: Actor, context: PlanContext, raw: Record<string, unknown>, item: ImportedHook): Promise<Plan> {
  const { input, known } = context
  const hook = read(raw)
  const { id } = hook.manifest
  if (context.seen.has(id)) throw new Refused('twice', `another ForgeHook of the file is called '${id}', too`)
  context.seen.add(id)
  context.endpoints += hook.manifest.endpoints.length
  if (context.endpoints > mostEndpoints) throw new Refused('too_many', `one import may have ${mostEndpoints} endpoints in all: split the file`)

  const there = known.get(id)
  if (there?.folder === null && canonicalJson(await hookInFile(app.db, there)) === canonicalJson(withoutValues(hook)))
    return { item: { ...item, here: id, outcome: 'same' }, write: null }
  if (there && input.on_conflict === 'skip') return { item: { ...item, here: id, outcome: 'skipped' }, write: null }
  if (there && input.on_conflict === 'replace') await refuseReplacing(app, actor, there)
  const replaces = there !== undefined && input.on_conflict === 'replace'
  const here = there && !replaces ? freeId(id, context.taken) : id
  context.taken.add(here)

  const manifest = { ...hook.manifest, id: here }
  checkManifest(manifest)
  if (manifest.runtime.type === 'embedded') throw new Refused('malformed', 'manifest.runtime.type: embedded ForgeHooks are installed as folders')
  refuseReach(actor, manifest)
  item.asks = asksOf(manifest)
  item.hash = hashOf(hook)
  const given = input.secrets[id] ?? {}
  const kept = keptSecrets(app, replaces ? there : undefined, manifest)
  const values = new Map([kept, givenIn(hook), given].flatMap((each) => Object.entries(each)))
  const names = [...new Set([...hook.secrets, ...withoutSecrets(manifest).names])]
  if (names.length > 0 && manifest.runtime.type === 'code') throw new Refused('malformed', 'secrets: code has no headers and no environment')
  item.needs = names.filter((name) => !values.has(name))
  if (item.asks.length > 0 && input.approve[id] !== item.hash)
    throw new Refused('approval_needed', `it asks for more than the sandbox gives: look at 'asks', and approve its 'hash'`)
  if (item.needs.length > 0)
    throw new Refused('secrets_needed', `these values stayed behind and are to be given in 'secrets': ${item.needs.join(', ')}`)

  const stranger = Object.keys(given).find((name) => !names.includes(name))
  if (stranger !== undefined) throw new Refused('malformed', `secrets: it has no header or variable '${stranger}'`)
  const whole = await complete(app, withSecrets(manifest, Object.fromEntries(names.map((name) => [name, values.get(name) ?? '']))))
  refuseChanged(hook.manifest, whole.manifest)
  const { stored, source } = storable(app.config, actor.workspace_id, whole)
  return { item: { ...item, here, outcome: replaces ? 'changed' : 'made' }, write: { id: here, stored, source, replaces } }
}

function read(raw: Record<string, unknown>): HookInFile {
  const { data, error } = HookInFile.safeParse(raw)
  if (data) return data
  const [issue] = error.issues
  throw new Refused('malformed', `${issue?.path.join('.') || 'the ForgeHook'}: ${issue?.message}`)
}

/** As far as it says them, for the report of one that cannot be read. */
function namesOf({ manifest }: Record<string, unknown>): { id: string | null; name: string | null } {
  const text = (key: string) => {
    const value = typeof manifest === 'object' && manifest !== null ? (manifest as Record<string, unknown>)[key] : undefined
    return typeof value === 'string' ? value.slice(0, 200) : null
  }
  return { id: text('id'), name: text('name') }
}

async function refuseReplacing(app: AddApp, actor: Actor, { manifest, folder }: KnownPlugin) {
  if (folder !== null) throw new Refused('bundled', `'${manifest.id}' is a folder of this server and cannot be replaced`)
  await refuseWhileSwitchedOn(app, actor, manifest.id)
}

function freeId(id: string, taken: ReadonlySet<string>): string {
  for (let n = 2; n < 1_000; n++) {
    const end = `-${n}`
    const free = `${id.slice(0, longestId - end.length).replace(/-$/, '')}${end}`
    if (!taken.has(free)) return free
  }
  throw new Refused('no_free_id', `every id like '${id}' is taken`)
}

/** Values that somebody wrote into the file by hand. Those that the API shows as *** are none. */
function givenIn({ manifest }: HookInFile): RuntimeSecrets {
  return Object.fromEntries(Object.entries(withoutSecrets(manifest).values).filter(([, value]) => value !== '***'))
}

function withoutValues({ manifest, secrets }: HookInFile): HookInFile {
  const bare = withoutSecrets(manifest)
  return { manifest: bare.manifest, secrets: [...new Set([...secrets, ...bare.names])] }
}

/** A new version keeps the values only where it speaks to the same as before, and may reach no more: they are for nobody else. */
function keptSecrets(app: AddApp, there: KnownPlugin | undefined, { runtime, permissions }: Manifest): RuntimeSecrets {
  if (!there) return {}
  const whom = (manifest: Pick<Manifest, 'runtime' | 'permissions'>) =>
    canonicalJson({ runtime: withoutSecrets(manifest).manifest.runtime, permissions: manifest.permissions })
  return whom(there.manifest) === whom({ runtime, permissions }) ? (opened(app.config, there) ?? {}) : {}
}

/** The tools of an MCP server are pinned as they were approved there; what is pinned here must be what the file shows. */
function refuseChanged(asked: Manifest, found: Manifest) {
  if (found.runtime.type !== 'mcp') return
  const pins = new Map(asked.endpoints.map(({ mcp }) => [mcp?.tool, mcp?.hash]))
  const other = found.endpoints.find(({ mcp }) => pins.get(mcp?.tool) !== mcp?.hash)
  if (other) throw new Refused('changed_there', `the server offers another '${other.path}' than the file says: add it anew, and look at its tools`)
}

/** Null: a defect, which is for no report. */
function refusalOf(error: unknown): ImportRefusal | null {
  if (error instanceof Refused) return { code: error.code, message: error.message }
  if (!(error instanceof CadreError)) return null
  if (error.code === 'INVALID') return { code: 'malformed', message: `manifest.${error.message}` }
  if (error.code === 'FORBIDDEN') return { code: 'not_allowed', message: error.message }
  return error.code === 'PLUGIN_UNREACHABLE' ? { code: 'unreachable', message: error.message } : null
}
