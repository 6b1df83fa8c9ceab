import type { AgentRef, CreateAgent, UpdateAgent } from '@cadre/contract/agents'
import type { Manifest } from '@cadre/contract/manifest'
import type { PageQuery } from '@cadre/contract/page'
import type { HookBundle, ImportOpenapi } from '@cadre/contract/plugins'
import type { CreateProvider } from '@cadre/contract/providers'
import type { RunEvent } from '@cadre/contract/run-events'
import type { ListRuns, ResolveStep, Run, StartRun } from '@cadre/contract/runs'
import type { z } from 'zod'
import type { Actor } from './access/actor.ts'
import { createAgent } from './agents/create-agent.ts'
import { deleteAgent } from './agents/delete-agent.ts'
import { getAgent } from './agents/get-agent.ts'
import { listAgents } from './agents/list-agents.ts'
import { updateAgent } from './agents/update-agent.ts'
import type { App } from './app.ts'
import { addPlugin } from './plugins/add-plugin.ts'
import { approvePlugin, refreshPlugin } from './plugins/approve-plugin.ts'
import { importOpenapi } from './plugins/import-openapi.ts'
import { installPlugin } from './plugins/install-plugin.ts'
import { invokeEndpoint } from './plugins/invoke-endpoint.ts'
import { getPlugin, listPlugins } from './plugins/list-plugins.ts'
import { removePlugin } from './plugins/remove-plugin.ts'
import { searchTools } from './plugins/search-tools.ts'
import { addProvider } from './providers/add-provider.ts'
import { listProviders } from './providers/list-providers.ts'
import { removeProvider } from './providers/remove-provider.ts'
import { testProvider } from './providers/test-provider.ts'
import { askOnce } from './runs/ask-once.ts'
import { cancelRun } from './runs/cancel-run.ts'
import { awaitRun, followFromStart, followRun, type Mailbox, openMailbox } from './runs/follow-run.ts'
import { getRun } from './runs/get-run.ts'
import { listRuns } from './runs/list-runs.ts'
import { resolveStep } from './runs/resolve-step.ts'
import { startRun } from './runs/start-run.ts'

type Ref = z.infer<typeof AgentRef>
type Paging = z.infer<typeof PageQuery>

/** What a door adds to the input of a run: neither stands in the body. */
export type StartExtra = { idempotency_key?: string | undefined; signal: AbortSignal }
export type FollowExtra = { last_event_id?: string | undefined; signal: AbortSignal }
export type Api = ReturnType<typeof buildApi>

/** Endpoint -> verb, one line each. Every door calls these and nothing else. */
export function buildApi(app: App) {
  return {
    agents: {
      list: (actor: Actor, input: Paging) => listAgents(app, actor, input),
      get: (actor: Actor, input: Ref) => getAgent(app, actor, input.idOrSlug),
      create: (actor: Actor, input: CreateAgent) => createAgent(app, actor, input),
      update: (actor: Actor, { idOrSlug, ...change }: Ref & UpdateAgent) => updateAgent(app, actor, idOrSlug, change),
      delete: (actor: Actor, input: Ref) => deleteAgent(app, actor, input.idOrSlug),
    },
    runs: {
      start: (actor: Actor, input: Ref & StartRun, extra: StartExtra) => startAndAnswer(app, actor, input, extra),
      listOfAgent: (actor: Actor, { idOrSlug, ...input }: Ref & Omit<ListRuns, 'agent'>) => listRuns(app, actor, { ...input, agent: idOrSlug }),
      list: (actor: Actor, input: ListRuns) => listRuns(app, actor, input),
      get: (actor: Actor, input: { runId: string }) => getRun(app, actor, input.runId),
      follow: (actor: Actor, input: { runId: string }, extra: FollowExtra) => followRun(app, actor, input.runId, extra.last_event_id, extra.signal),
      cancel: (actor: Actor, input: { runId: string }) => cancelRun(app, actor, input.runId),
      resolve: (actor: Actor, { runId, ...input }: { runId: string } & ResolveStep) => resolveStep(app, actor, runId, input),
    },
    plugins: {
      list: (actor: Actor) => listPlugins(app, actor),
      get: (actor: Actor, input: { id: string }) => getPlugin(app, actor, input.id),
      add: (actor: Actor, input: Manifest) => addPlugin(app, actor, input),
      remove: (actor: Actor, input: { id: string }) => removePlugin(app, actor, input.id),
      install: (actor: Actor, input: HookBundle) => installPlugin(app, actor, input),
      importOpenapi: (actor: Actor, input: ImportOpenapi) => importOpenapi(app, actor, input),
      refresh: (actor: Actor, input: { id: string }) => refreshPlugin(app, actor, input.id),
      approve: (actor: Actor, input: { id: string; hash: string }) => approvePlugin(app, actor, input),
      invoke: (actor: Actor, input: Parameters<typeof invokeEndpoint>[2]) => invokeEndpoint(app, actor, input),
    },
    tools: {
      search: (actor: Actor, input: { q: string; limit: number }) => searchTools(app, actor, input),
    },
    providers: {
      list: (actor: Actor) => listProviders(app, actor),
      add: (actor: Actor, input: CreateProvider) => addProvider(app, actor, input),
      remove: (actor: Actor, input: { id: string }) => removeProvider(app, actor, input.id),
      test: (actor: Actor, input: { id: string; model?: string | undefined }) => testProvider(app, actor, input, askOnce),
    },
  }
}

// The caller is answered with the end of the run, with the run as it is after `wait` seconds, or with its events.
async function startAndAnswer(
  app: App,
  actor: Actor,
  input: Ref & StartRun,
  extra: StartExtra,
): Promise<Run | (AsyncGenerator<RunEvent> & { run_id: string })> {
  let mailbox: Mailbox | undefined
  const runId = await startRun(app, actor, input, extra.idempotency_key, (id) => (mailbox = openMailbox(app, id, extra.signal)))
  mailbox ??= openMailbox(app, runId, extra.signal)
  if (input.stream) return Object.assign(followFromStart(app, runId, extra.signal, mailbox), { run_id: runId })
  return awaitRun(app, actor, runId, input.wait * 1000, extra.signal, mailbox)
}
