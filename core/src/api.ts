import type { AgentRef, CreateAgent, UpdateAgent } from '@cadre/contract/agents'
import type { DecideApproval, ListApprovals } from '@cadre/contract/approvals'
import type { ListAudit, VerifyAudit } from '@cadre/contract/audit'
import type { CreateConnection } from '@cadre/contract/connections'
import type { SwitchLifecycle } from '@cadre/contract/lifecycle'
import type { Manifest } from '@cadre/contract/manifest'
import type { GetMachine, GetSeries } from '@cadre/contract/metrics'
import type { PageQuery } from '@cadre/contract/page'
import type { ExportHooks, ImportHooks } from '@cadre/contract/plugin-transfer'
import type { HookBundle, ImportOpenapi } from '@cadre/contract/plugins'
import type { CreateProvider, SetAlias } from '@cadre/contract/providers'
import type { RunEvent } from '@cadre/contract/run-events'
import type { CutValues, ReadRun, ReadRunValue } from '@cadre/contract/run-values'
import type { CancelRuns, ExportRuns, ForkRun, ListRuns, ResolveStep, Run, StartRun } from '@cadre/contract/runs'
import type { FollowLogs, SetRetention } from '@cadre/contract/server'
import type { ConfiguredPrice, CreateBudget, GetUsage, PriceRef, RunBudget, UpdateBudget } from '@cadre/contract/usage'
import type { z } from 'zod'
import type { Actor } from './access/actor.ts'
import { withPolicies } from './access/policies.ts'
import { createAgent } from './agents/create-agent.ts'
import { deleteAgent } from './agents/delete-agent.ts'
import { findAgentIfThere, getAgent } from './agents/get-agent.ts'
import { listAgents } from './agents/list-agents.ts'
import { updateAgent } from './agents/update-agent.ts'
import { getVersion, listVersions } from './agents/versions/list-versions.ts'
import { rollBack } from './agents/versions/roll-back.ts'
import type { App } from './app.ts'
import { listApprovalRules, removeApprovalRule } from './approvals/approval-rules.ts'
import { getApproval } from './approvals/get-approval.ts'
import { listApprovals } from './approvals/list-approvals.ts'
import { listAudit } from './audit/list-audit.ts'
import { verifyAudit } from './audit/verify-audit.ts'
import { type AgentRange, getAgentMetrics } from './metrics/agent-metrics.ts'
import { getMachineSeries } from './metrics/machine-series.ts'
import { getRunSeries } from './metrics/run-series.ts'
import { getSystemMetrics } from './metrics/system-metrics.ts'
import { addPlugin } from './plugins/add-plugin.ts'
import { addConnection } from './connections/add-connection.ts'
import { listConnections } from './connections/list-connections.ts'
import { removeConnection } from './connections/remove-connection.ts'
import { testConnection } from './connections/test-connection.ts'
import { approvePlugin, refreshPlugin } from './plugins/approve-plugin.ts'
import { importOpenapi } from './plugins/import-openapi.ts'
import { installPlugin } from './plugins/install-plugin.ts'
import { invokeEndpoint } from './plugins/invoke-endpoint.ts'
import { getLifecycle, switchLifecycle } from './plugins/lifecycle/switch-lifecycle.ts'
import { getPlugin, listPlugins } from './plugins/list-plugins.ts'
import { removePlugin } from './plugins/remove-plugin.ts'
import { searchTools } from './plugins/search-tools.ts'
import { exportPlugins } from './plugins/transfer/export-plugins.ts'
import { importPlugins } from './plugins/transfer/import-plugins.ts'
import { addProvider } from './providers/add-provider.ts'
import { detectProviders } from './providers/detect-providers.ts'
import { listAllModels } from './providers/list-models.ts'
import { listProviders } from './providers/list-providers.ts'
import { getAlias, listAliases, removeAlias, setAlias } from './providers/model-aliases.ts'
import { removeProvider } from './providers/remove-provider.ts'
import { testProvider } from './providers/test-provider.ts'
import { askOnce } from './runs/ask-once.ts'
import { budgetSubject } from './runs/budget-subject.ts'
import { cancelRun } from './runs/cancel-run.ts'
import { cancelRuns } from './runs/cancel-runs.ts'
import { decideApproval } from './runs/decide-approval.ts'
import { exportRuns } from './runs/export-runs.ts'
import { forkRun } from './runs/fork-run.ts'
import { awaitRun, followFromStart, followRun, type Mailbox, openMailbox } from './runs/follow-run.ts'
import { getRun, requireRun } from './runs/get-run.ts'
import { getRunValue } from './runs/get-run-value.ts'
import { listRuns } from './runs/list-runs.ts'
import { meteredModel } from './runs/metered-model.ts'
import { replayRun } from './runs/replay-run.ts'
import { resolveStep } from './runs/resolve-step.ts'
import { retryRun } from './runs/retry-run.ts'
import { startRun } from './runs/start-run.ts'
import { createBudget, deleteBudget, listBudgets, raiseRunBudget, updateBudget } from './usage/budgets.ts'
import { getUsage } from './usage/get-usage.ts'
import { deletePrice, getPrice, listPrices, putPrice } from './usage/set-price.ts'
import { getRetention, setRetention } from './set-retention.ts'
import { serverSettings } from './retention.ts'
import { accessApi } from './api-access.ts'
import { conversationsApi } from './api-conversations.ts'

type Ref = z.infer<typeof AgentRef>
type Paging = z.infer<typeof PageQuery>

/** What a door adds to the input of a run: neither stands in the body. */
export type StartExtra = { idempotency_key?: string | undefined; signal: AbortSignal }
export type KeyExtra = Pick<StartExtra, 'idempotency_key'>
export type FollowExtra = { last_event_id?: string | undefined; signal: AbortSignal }
export type Api = ReturnType<typeof buildApi>

/** Endpoint -> verb, one line each, each behind its policy. Every door calls these and nothing else. */
export function buildApi(app: App) {
  const api = {
    agents: {
      list: (actor: Actor, input: Paging) => listAgents(app, actor, input),
      get: (actor: Actor, input: Ref) => getAgent(app, actor, input.idOrSlug),
      create: (actor: Actor, input: CreateAgent) => createAgent(app, actor, input),
      update: (actor: Actor, { idOrSlug, ...change }: Ref & UpdateAgent) => updateAgent(app, actor, idOrSlug, change),
      versions: (actor: Actor, input: Ref & Paging) => listVersions(app, actor, input),
      version: (actor: Actor, input: Ref & { version: number }) => getVersion(app, actor, input),
      rollBack: (actor: Actor, input: Ref & { version: number }) => rollBack(app, actor, input),
      delete: (actor: Actor, input: Ref) => deleteAgent(app, actor, input.idOrSlug),
    },
    runs: {
      start: (actor: Actor, input: Ref & StartRun, extra: StartExtra) => startAndAnswer(app, actor, input, extra),
      listOfAgent: (actor: Actor, { idOrSlug, ...input }: Ref & Omit<ListRuns, 'agent'>) => listRuns(app, actor, { ...input, agent: idOrSlug }),
      list: (actor: Actor, input: ListRuns) => listRuns(app, actor, input),
      get: (actor: Actor, { runId, ...how }: { runId: string } & ReadRun) => getRun(app, actor, runId, how),
      value: (actor: Actor, input: { runId: string } & ReadRunValue) => getRunValue(app, actor, input),
      follow: (actor: Actor, { runId, ...how }: { runId: string } & CutValues, extra: FollowExtra) =>
        followRun(app, actor, runId, extra.last_event_id, extra.signal, how),
      cancel: (actor: Actor, input: { runId: string }) => cancelRun(app, actor, input.runId),
      cancelMany: (actor: Actor, input: CancelRuns) => cancelRuns(app, actor, input),
      export: (actor: Actor, input: ExportRuns) => exportRuns(app, actor, input),
      retry: (actor: Actor, input: { runId: string }, extra: KeyExtra = {}) => retryRun(app, actor, input.runId, extra.idempotency_key),
      fork: (actor: Actor, { runId, ...input }: { runId: string } & ForkRun, extra: KeyExtra = {}) =>
        forkRun(app, actor, runId, input, extra.idempotency_key),
      replay: (actor: Actor, input: { runId: string }) => replayRun(app, actor, input.runId),
      resolve: (actor: Actor, { runId, ...input }: { runId: string } & ResolveStep) => resolveStep(app, actor, runId, input),
    },
    approvals: {
      list: (actor: Actor, input: ListApprovals) => listApprovals(app, actor, input),
      get: (actor: Actor, input: { id: string }) => getApproval(app, actor, input.id),
      decide: (actor: Actor, { id, ...decision }: { id: string } & DecideApproval) => decideApproval(app, actor, id, decision),
    },
    approvalRules: {
      list: (actor: Actor, input: Paging) => listApprovalRules(app, actor, input),
      remove: (actor: Actor, input: { id: string }) => removeApprovalRule(app, actor, input.id),
    },
    plugins: {
      list: (actor: Actor) => listPlugins(app, actor),
      get: (actor: Actor, input: { id: string }) => getPlugin(app, actor, input.id),
      add: (actor: Actor, input: Manifest) => addPlugin(app, actor, input),
      remove: (actor: Actor, input: { id: string }) => removePlugin(app, actor, input.id),
      install: (actor: Actor, input: HookBundle) => installPlugin(app, actor, input),
      export: (actor: Actor, input: ExportHooks) => exportPlugins(app, actor, input),
      import: (actor: Actor, input: ImportHooks) => importPlugins(app, actor, input),
      importOpenapi: (actor: Actor, input: ImportOpenapi) => importOpenapi(app, actor, input),
      refresh: (actor: Actor, input: { id: string }) => refreshPlugin(app, actor, input.id),
      approve: (actor: Actor, input: { id: string; hash: string }) => approvePlugin(app, actor, input),
      lifecycle: (actor: Actor, input: { id: string }) => getLifecycle(app, actor, input.id),
      switchLifecycle: (actor: Actor, input: { id: string } & SwitchLifecycle) =>
        switchLifecycle(app, actor, input, async (ref) => (await findAgentIfThere(app, actor.workspace_id, ref))?.id),
      invoke: (actor: Actor, input: Parameters<typeof invokeEndpoint>[2]) => invokeEndpoint(app, actor, input),
    },
    tools: {
      search: (actor: Actor, input: { q: string; limit: number }) => searchTools(app, actor, input),
    },
    connections: {
      list: (actor: Actor) => listConnections(app, actor),
      add: (actor: Actor, input: CreateConnection) => addConnection(app, actor, input),
      remove: (actor: Actor, input: { name: string }) => removeConnection(app, actor, input.name),
      test: (actor: Actor, input: { name: string }) => testConnection(app, actor, input.name),
    },
    providers: {
      list: (actor: Actor) => listProviders(app, actor),
      add: (actor: Actor, input: CreateProvider) => addProvider(app, actor, input),
      remove: (actor: Actor, input: { id: string }) => removeProvider(app, actor, input.id),
      test: (actor: Actor, input: { id: string; model?: string | undefined }) =>
        testProvider(app, actor, input, { ask: askOnce, metered: (asker, model) => meteredModel(app, asker, model) }),
      detect: (actor: Actor) => detectProviders(app, actor),
      models: (actor: Actor, input: { provider?: string | undefined }) => listAllModels(app, actor, input.provider),
      aliases: (actor: Actor) => listAliases(app, actor),
      alias: (actor: Actor, input: { alias: string }) => getAlias(app, actor, input.alias),
      setAlias: (actor: Actor, input: { alias: string } & SetAlias) => setAlias(app, actor, input),
      removeAlias: (actor: Actor, input: { alias: string }) => removeAlias(app, actor, input.alias),
    },
    audit: {
      list: (actor: Actor, input: ListAudit) => listAudit(app, actor, input),
      verify: (_actor: Actor, { seq, hash }: VerifyAudit) => verifyAudit(app, seq === undefined || hash === undefined ? undefined : { seq, hash }),
    },
    metrics: {
      agent: (actor: Actor, input: AgentRange) => getAgentMetrics(app, actor, input),
      series: (actor: Actor, input: GetSeries) => getRunSeries(app, actor, input),
      system: (_actor: Actor) => getSystemMetrics(app),
      machine: (_actor: Actor, input: GetMachine) => getMachineSeries(app, input),
    },
    server: {
      settings: (_actor: Actor) => serverSettings(app),
      retention: (_actor: Actor) => getRetention(app),
      setRetention: (actor: Actor, input: SetRetention) => setRetention(app, actor, input),
    },
    logs: {
      follow: (_actor: Actor, input: FollowLogs, extra: FollowExtra) => app.logs.follow(input, extra.last_event_id, extra.signal),
    },
    usage: {
      get: (actor: Actor, input: GetUsage) => getUsage(app, actor, input),
    },
    budgets: {
      list: (actor: Actor) => listBudgets(app, actor),
      create: (actor: Actor, input: CreateBudget) => createBudget(app, actor, input, (scope, id) => budgetSubject(app, actor, scope, id)),
      update: (actor: Actor, { id, ...change }: { id: string } & UpdateBudget) => updateBudget(app, actor, id, change),
      delete: (actor: Actor, input: { id: string }) => deleteBudget(app, actor, input.id),
      raiseOfRun: (actor: Actor, { runId, ...raised }: { runId: string } & RunBudget) =>
        raiseRunBudget(app, actor, runId, raised, async () => {
          const { setup } = await requireRun(app, actor, runId)
          return (await app.setups.get(app.db.read, setup)).config.budget
        }),
    },
    prices: {
      list: (actor: Actor) => listPrices(app, actor),
      get: (actor: Actor, input: PriceRef) => getPrice(app, actor, input),
      put: (actor: Actor, input: ConfiguredPrice) => putPrice(app, actor, input),
      delete: (actor: Actor, input: PriceRef) => deletePrice(app, actor, input),
    },
    ...conversationsApi(app),
    ...accessApi(app),
  }
  return withPolicies(api, (actor, refusal) => app.access.refused(actor, refusal))
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
  return awaitRun(app, runId, input.wait * 1000, extra.signal, mailbox)
}
