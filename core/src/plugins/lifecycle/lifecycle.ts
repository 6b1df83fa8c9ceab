import { type LifecycleHook, type LifecyclePoint } from '@cadre/contract/lifecycle-hooks'
import { lifecycleOutput } from '@cadre/contract/lifecycle'
import type { z } from 'zod'
import type { App } from '../../app.ts'
import { fromJson } from '../../storage/json.ts'
import { storableText } from '../../storage/storable-text.ts'
import type { ResolvedTool } from '../../tools/resolved-tool.ts'
import { ToolError } from '../../tools/tool-error.ts'
import { selectSwitches, type SwitchRow } from './lifecycle.store.ts'
import { type Outcome, Tallies } from './tallies.ts'

/** The points of a switch, and whether the hook was required when it was switched on: a ForgeHook that is gone cannot say. */
export type StoredPoints = Partial<Record<LifecyclePoint, { required: boolean }>>

/** A lifecycle hook that a workspace switched on. `tool`: null where the ForgeHook is gone, which is a failure of each call. */
export type ActiveHook = {
  workspace_id: string
  plugin_id: string
  point: LifecyclePoint
  order: number
  required: boolean
  changes: boolean
  /** Ids of the only agents that it is for; null: all. */
  agents: ReadonlySet<string> | null
  options: Record<string, unknown>
  tool: ResolvedTool | null
}

/** A lifecycle hook as its manifest has it. */
export type OfferedHook = { point: LifecyclePoint; hook: LifecycleHook; tool: ResolvedTool }

export type HookCall = { run_id: string | null; idempotency_key: string; now: number; signal: AbortSignal }
export type Called<P extends LifecyclePoint> = { output: z.infer<(typeof lifecycleOutput)[P]> } | { failed: string }

type LifecycleApp = Pick<App, 'db' | 'log' | 'now'> & {
  hooks: Pick<App['hooks'], 'invoke'> & { lifecycleOf: (workspace: string, ids: string[]) => Promise<Map<string, OfferedHook[]>> }
}

/** For how long other servers on the same database may go by the old switches. */
const cacheMs = 1_000
const mostCached = 1_000
/** Beyond its own time: for a free thread, and for loading a ForgeHook. */
const startMs = 10_000
const longestError = 1_000

/** The lifecycle hooks of this process's workspaces, and the one place where they are called. */
export class Lifecycle {
  readonly #app: LifecycleApp
  readonly #tallies: Tallies
  readonly #known = new Map<string, { until: number; hooks: Promise<ActiveHook[]> }>()

  constructor(app: LifecycleApp) {
    this.#app = app
    this.#tallies = new Tallies(app)
  }

  /** Those of a point in their order. @param agents who takes part; a hook that is for certain agents is there if one of them is. */
  async at(workspace: string, point: LifecyclePoint, agents: readonly string[]): Promise<ActiveHook[]> {
    const all = await this.#of(workspace)
    return all.filter((hook) => hook.point === point && (hook.agents === null || agents.some((id) => hook.agents?.has(id))))
  }

  async any(workspace: string, point: LifecyclePoint): Promise<boolean> {
    return (await this.#of(workspace)).some((hook) => hook.point === point)
  }

  /** After a change of the workspace's switches. */
  forget(workspace: string) {
    this.#known.delete(workspace)
  }

  /**
   * One call. What the hook does wrong, its time limit included, is an answer, in the log and counted.
   * @throws only the signal's reason, when that is aborted.
   */
  async call<P extends LifecyclePoint>(hook: ActiveHook & { point: P }, input: object, call: HookCall): Promise<Called<P>> {
    const limit = (hook.tool?.limits.timeout_ms ?? 0) + startMs
    try {
      if (!hook.tool) throw new ToolError('the ForgeHook is not there any more')
      const signal = AbortSignal.any([call.signal, AbortSignal.timeout(limit)])
      const { workspace_id, options } = hook
      const output = await this.#app.hooks.invoke({ ...call, tool: hook.tool, workspace_id, input: { ...input, options }, signal })
      const { data, error } = lifecycleOutput[hook.point].safeParse(output)
      if (!error) return { output: data as never }
      const [issue] = error.issues
      throw new ToolError(`its answer is not allowed here: ${issue?.path.join('.') || 'it'}: ${issue?.message}`)
    } catch (error) {
      call.signal.throwIfAborted()
      return this.failed(hook, call, this.#wordsFor(hook, error, limit))
    }
  }

  /** What came of a call that did not fail by itself. */
  note(hook: ActiveHook, outcome: Exclude<Outcome, 'failed'>) {
    this.#tallies.add(hook, outcome)
  }

  failed(hook: ActiveHook, { run_id }: HookCall, message: string): { failed: string } {
    const { workspace_id, plugin_id, point, required } = hook
    const at = this.#app.now()
    this.#tallies.add(hook, 'failed', { message: storableText(message).slice(0, longestError), at })
    this.#app.log.warn(
      { workspace_id, plugin: plugin_id, point, run_id, required, reason: message },
      `lifecycle hook ${plugin_id} failed at ${point}`,
    )
    return { failed: message }
  }

  /** Writes the counts down. */
  async flush() {
    await this.#tallies.flush()
  }

  #wordsFor(hook: ActiveHook, error: unknown, limit: number): string {
    if (error instanceof ToolError) return error.message
    if (error instanceof DOMException && error.name === 'TimeoutError') return `it did not get to work within ${limit} ms`
    this.#app.log.error({ err: error, plugin: hook.plugin_id, point: hook.point }, 'a lifecycle hook could not be called')
    return 'Cadre failed in an unforeseen way'
  }

  #of(workspace: string): Promise<ActiveHook[]> {
    const now = performance.now()
    const known = this.#known.get(workspace)
    if (known && known.until > now) return known.hooks
    if (this.#known.size >= mostCached) this.#known.clear()
    const hooks = this.#load(workspace)
    this.#known.set(workspace, { until: now + cacheMs, hooks })
    // A database that does not answer is asked again by the next one.
    hooks.catch(() => this.#known.delete(workspace))
    return hooks
  }

  async #load(workspace: string): Promise<ActiveHook[]> {
    const rows = await selectSwitches(this.#app.db.read, workspace)
    if (rows.length === 0) return []
    const offered = await this.#app.hooks.lifecycleOf(
      workspace,
      rows.map(({ plugin_id }) => plugin_id),
    )
    return rows.flatMap((row) => activeOf(row, offered.get(row.plugin_id))).toSorted((a, b) => a.order - b.order || compare(a.plugin_id, b.plugin_id))
  }
}

/** A ForgeHook that is there and no longer has a point is not called there; of one that is gone nothing is known but what the switch says. */
function activeOf({ workspace_id, plugin_id, points, agents, options }: SwitchRow, offered: OfferedHook[] | undefined): ActiveHook[] {
  const switched = Object.entries(fromJson(points) as StoredPoints) as [LifecyclePoint, { required: boolean }][]
  const common = {
    workspace_id,
    plugin_id,
    agents: agents === null ? null : new Set(fromJson(agents) as string[]),
    options: fromJson(options) as Record<string, unknown>,
  }
  return switched.flatMap(([point, { required }]): ActiveHook[] => {
    if (!offered) return [{ ...common, point, required, order: 0, changes: false, tool: null }]
    const found = offered.find((each) => each.point === point)
    return found ? [{ ...common, point, required: found.hook.required, order: found.hook.order, changes: found.hook.changes, tool: found.tool }] : []
  })
}

function compare(a: string, b: string) {
  return a < b ? -1 : a > b ? 1 : 0
}
