import { CadreError, invalid } from '@cadre/contract/errors'
import { lifecycleOf, type LifecyclePoint } from '@cadre/contract/lifecycle-hooks'
import { type LifecycleState, type SwitchLifecycle } from '@cadre/contract/lifecycle'
import type { Actor } from '../../access/actor.ts'
import { isAtLeast } from '../../access/identity.ts'
import type { App } from '../../app.ts'
import { audit } from '../../audit/audit.ts'
import type { Db } from '../../storage/database.ts'
import { fromJson, toJson } from '../../storage/json.ts'
import { compileSchema } from '../../tools/tool-schema.ts'
import type { KnownPlugin } from '../known-plugin.ts'
import { needPlugin } from '../list-plugins.ts'
import type { StoredPoints } from './lifecycle.ts'
import { type CountRow, deleteSwitch, findSwitch, putSwitch, selectCounts, type SwitchRow } from './lifecycle.store.ts'

type SwitchApp = Pick<App, 'db' | 'hooks' | 'lifecycle' | 'now' | 'config'>
/** The id of an agent of the workspace, by id or slug; undefined where there is none. */
type AgentId = (idOrSlug: string) => Promise<string | undefined>

/** What a ForgeHook does in the life of messages and runs in the actor's workspace, and how it went. */
export async function getLifecycle(app: SwitchApp, actor: Actor, id: string): Promise<LifecycleState> {
  const plugin = await needPlugin(app, actor, id)
  await app.lifecycle.flush()
  const { workspace_id } = actor
  return stateOf(plugin, await findSwitch(app.db.read, workspace_id, id), await selectCounts(app.db.read, workspace_id, id))
}

/**
 * Says at which points a ForgeHook is called in the actor's workspace; what is not named is off. It sees the messages of everybody, which
 * only owners and admins do otherwise: the policy asks for one.
 */
export async function switchLifecycle(
  app: SwitchApp,
  actor: Actor,
  { id, ...given }: { id: string } & SwitchLifecycle,
  agentId: AgentId,
): Promise<LifecycleState> {
  const plugin = await needPlugin(app, actor, id)
  const offered = lifecycleOf(plugin.manifest)
  if (offered.length === 0) throw new CadreError('INVALID', `id: '${id}' has no lifecycle hooks`, [{ path: 'id', message: 'has no lifecycle hooks' }])
  const points = pointsOf(offered, given.points)
  checkOptions(plugin, given.options)
  const agents = given.agents === null ? null : await agentIds(given.agents, agentId)
  const { workspace_id } = actor
  const now = app.now()
  const row: SwitchRow = {
    workspace_id,
    plugin_id: id,
    points: toJson(points),
    agents: agents === null ? null : toJson(agents),
    options: toJson(given.options),
    switched_by: actor.id,
    switched_at: now,
  }
  await app.db.write(async (trx) => {
    if (Object.keys(points).length === 0) await deleteSwitch(trx, workspace_id, id)
    else await putSwitch(trx, row)
    const detail = { points: Object.keys(points), agents: agents ?? 'all' }
    await audit(trx, app, actor, { action: 'plugins.switch_lifecycle', target_type: 'plugin', target_id: id, detail })
  })
  app.lifecycle.forget(workspace_id)
  return getLifecycle(app, actor, id)
}

/** Who may not switch a hook on may not put another one in the place of one that is on, either. */
export async function refuseWhileSwitchedOn(app: { db: Db }, actor: Actor, id: string): Promise<void> {
  if (actor.kind === 'system' || isAtLeast(actor.role, 'admin') || !(await findSwitch(app.db.read, actor.workspace_id, id))) return
  throw new CadreError('FORBIDDEN', `the lifecycle hooks of '${id}' are switched on here: only owners and admins may replace or remove it`)
}

type Offered = ReturnType<typeof lifecycleOf>

function pointsOf(offered: Offered, wanted: LifecyclePoint[] | undefined): StoredPoints {
  const known = new Map(offered.map(({ point, hook }) => [point, { required: hook.required }]))
  const at = wanted?.findIndex((point) => !known.has(point)) ?? -1
  if (at >= 0) throw invalid(`points[${at}]`, `it has no hook there; it has ${[...known.keys()].join(', ')}`)
  return Object.fromEntries([...known].filter(([point]) => wanted?.includes(point) ?? true))
}

function checkOptions({ manifest: { options: schema } }: KnownPlugin, options: Record<string, unknown>) {
  if (!schema) {
    if (Object.keys(options).length > 0) throw invalid('options', 'this ForgeHook has none')
    return
  }
  const problems = compileSchema(schema)(options).map(({ path, message }) => ({ path: path === '' ? 'options' : `options.${path}`, message }))
  if (problems.length > 0) throw new CadreError('INVALID', problems.map(({ path, message }) => `${path}: ${message}`).join('; '), problems)
}

async function agentIds(refs: string[], agentId: AgentId): Promise<string[]> {
  const ids = await Promise.all(refs.map(agentId))
  const at = ids.indexOf(undefined)
  if (at >= 0) throw invalid(`agents[${at}]`, `there is no agent '${refs[at]}'`)
  return [...new Set(ids.flatMap((id) => id ?? []))]
}

function stateOf({ manifest }: KnownPlugin, row: SwitchRow | undefined, counts: CountRow[]): LifecycleState {
  const on = row ? (fromJson(row.points) as StoredPoints) : {}
  return {
    plugin: manifest.id,
    points: lifecycleOf(manifest).map(({ point, hook }) => {
      const { description, order, timeout_ms, required, changes } = hook
      const { calls = 0, changed = 0, refused = 0, failed = 0, last_error = null, last_failed_at = null } = countOf(counts, point)
      const figures = { calls, changed, refused, failed, last_error, last_failed_at: iso(last_failed_at) }
      return { point, description, order, timeout_ms, required, changes, on: point in on, ...figures }
    }),
    agents: row?.agents ? (fromJson(row.agents) as string[]) : null,
    options: row ? (fromJson(row.options) as Record<string, unknown>) : {},
    options_schema: manifest.options ?? null,
    switched_by: row?.switched_by ?? null,
    switched_at: iso(row?.switched_at ?? null),
  }
}

function countOf(counts: CountRow[], point: LifecyclePoint): Partial<CountRow> {
  return counts.find((row) => row.point === point) ?? {}
}

function iso(ms: number | null) {
  return ms === null ? null : new Date(ms).toISOString()
}
