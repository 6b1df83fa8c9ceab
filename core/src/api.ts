import type { CreateUser, Grant, GrantRef, Role, UpdateUser } from '@cadre/contract/access'
import type { AgentRef, CreateAgent, UpdateAgent } from '@cadre/contract/agents'
import type { DecideApproval, ListApprovals } from '@cadre/contract/approvals'
import type { ListAudit, VerifyAudit } from '@cadre/contract/audit'
import type { CreateConnection } from '@cadre/contract/connections'
import type { CreateKey, Login } from '@cadre/contract/credentials'
import type {
  CreateConversation,
  CreateProject,
  ExportFormat,
  ImportConversations,
  ListConversations,
  UpdateConversation,
  UpdateProject,
} from '@cadre/contract/conversations'
import type { Manifest } from '@cadre/contract/manifest'
import type { ListMessages, SearchMessages, SendMessage } from '@cadre/contract/messages'
import type { PageQuery } from '@cadre/contract/page'
import type { PartyRef } from '@cadre/contract/participants'
import type { HookBundle, ImportOpenapi } from '@cadre/contract/plugins'
import type { CreateProvider, SetAlias } from '@cadre/contract/providers'
import type { RunEvent } from '@cadre/contract/run-events'
import type { ListRuns, ResolveStep, Run, StartRun } from '@cadre/contract/runs'
import type { ConfiguredPrice, CreateBudget, GetUsage, PriceRef, RunBudget, UpdateBudget } from '@cadre/contract/usage'
import type { z } from 'zod'
import type { Actor } from './access/actor.ts'
import { listGrants, putGrant, removeGrant } from './access/grants/grants.ts'
import { type Credential, noCredential } from './access/identity.ts'
import { createKey, listKeys, revokeKey } from './access/keys/keys.ts'
import { eraseUser } from './access/personal-data/erase-user.ts'
import { exportUserFile } from './access/personal-data/export-file.ts'
import { withPolicies } from './access/policies.ts'
import { showMe } from './access/sessions/me.ts'
import { listSessions, login, logout, revokeAllSessions, revokeSession, type SetSession, switchWorkspace } from './access/sessions/sessions.ts'
import { createToken, listSigningKeys, rotateSigningKeys } from './access/tokens/tokens.ts'
import { createUser } from './access/users/create-user.ts'
import { deleteUser, disableUser, enableUser } from './access/users/disable-user.ts'
import { setUpOwner } from './access/users/first-owner.ts'
import { getUser } from './access/users/get-user.ts'
import { listUsers } from './access/users/list-users.ts'
import { setPassword } from './access/users/set-password.ts'
import { updateUser } from './access/users/update-user.ts'
import { listMembers, putMember, removeMember } from './access/workspaces/members.ts'
import { createWorkspace, listWorkspaces, renameWorkspace } from './access/workspaces/workspaces.ts'
import { createAgent } from './agents/create-agent.ts'
import { deleteAgent } from './agents/delete-agent.ts'
import { getAgent } from './agents/get-agent.ts'
import { listAgents } from './agents/list-agents.ts'
import { updateAgent } from './agents/update-agent.ts'
import type { App } from './app.ts'
import { listApprovalRules, removeApprovalRule } from './approvals/approval-rules.ts'
import { getApproval } from './approvals/get-approval.ts'
import { listApprovals } from './approvals/list-approvals.ts'
import { listAudit } from './audit/list-audit.ts'
import { verifyAudit } from './audit/verify-audit.ts'
import { addPlugin } from './plugins/add-plugin.ts'
import { addConnection } from './connections/add-connection.ts'
import { listConnections } from './connections/list-connections.ts'
import { removeConnection } from './connections/remove-connection.ts'
import { testConnection } from './connections/test-connection.ts'
import { downloadAttachment, uploadAttachment } from './conversations/attachments.ts'
import { createConversation } from './conversations/create-conversation.ts'
import { deleteMessage, editMessage } from './conversations/edit-message.ts'
import { exportConversation } from './conversations/export-conversation.ts'
import { followAll } from './conversations/follow-all.ts'
import { followConversation } from './conversations/follow-conversation.ts'
import { getConversation, listConversations } from './conversations/get-conversation.ts'
import { importConversations } from './conversations/import/import-conversations.ts'
import { getMessage, listMessages, listPins } from './conversations/list-messages.ts'
import { addParticipant, listParticipants, muteConversation, removeParticipant } from './conversations/participants.ts'
import { personalConversations } from './conversations/personal-part.ts'
import { createProject, deleteProject, getProject, listProjects, updateProject } from './conversations/projects.ts'
import { pin, react, unpin, unreact } from './conversations/reactions.ts'
import { markRead, tellTyping } from './conversations/read-state.ts'
import { findMessages } from './conversations/search-messages.ts'
import { sendMessage } from './conversations/send-message.ts'
import { agentsIn } from './conversations/turns/agent-status.ts'
import { branchFrom, regenerate, retryAnswer } from './conversations/turns/branch.ts'
import { stopAgents } from './conversations/turns/stop.ts'
import { deleteConversation, updateConversation } from './conversations/update-conversation.ts'
import { approvePlugin, refreshPlugin } from './plugins/approve-plugin.ts'
import { importOpenapi } from './plugins/import-openapi.ts'
import { installPlugin } from './plugins/install-plugin.ts'
import { invokeEndpoint } from './plugins/invoke-endpoint.ts'
import { getPlugin, listPlugins } from './plugins/list-plugins.ts'
import { removePlugin } from './plugins/remove-plugin.ts'
import { searchTools } from './plugins/search-tools.ts'
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
import { decideApproval } from './runs/decide-approval.ts'
import { awaitRun, followFromStart, followRun, type Mailbox, openMailbox } from './runs/follow-run.ts'
import { getRun, requireRun } from './runs/get-run.ts'
import { listRuns } from './runs/list-runs.ts'
import { resolveStep } from './runs/resolve-step.ts'
import { startRun } from './runs/start-run.ts'
import { createBudget, deleteBudget, listBudgets, raiseRunBudget, updateBudget } from './usage/budgets.ts'
import { getUsage } from './usage/get-usage.ts'
import { deletePrice, getPrice, listPrices, putPrice } from './usage/set-price.ts'

type Ref = z.infer<typeof AgentRef>
type Paging = z.infer<typeof PageQuery>
type Room = { conversationId: string }
type One = { messageId: string }

/** What a door adds to the input of a run: neither stands in the body. */
export type StartExtra = { idempotency_key?: string | undefined; signal: AbortSignal }
export type FollowExtra = { last_event_id?: string | undefined; signal: AbortSignal }
/** How the caller came in, and what the door does about the cookie. */
export type LoginExtra = { credential?: Credential | undefined; setSession?: SetSession | undefined }
export type Api = ReturnType<typeof buildApi>

/** Endpoint -> verb, one line each, each behind its policy. Every door calls these and nothing else. */
export function buildApi(app: App) {
  const api = {
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
      importOpenapi: (actor: Actor, input: ImportOpenapi) => importOpenapi(app, actor, input),
      refresh: (actor: Actor, input: { id: string }) => refreshPlugin(app, actor, input.id),
      approve: (actor: Actor, input: { id: string; hash: string }) => approvePlugin(app, actor, input),
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
      test: (actor: Actor, input: { id: string; model?: string | undefined }) => testProvider(app, actor, input, askOnce),
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
    projects: {
      list: (actor: Actor, input: Paging) => listProjects(app, actor, input),
      create: (actor: Actor, input: CreateProject) => createProject(app, actor, input),
      get: (actor: Actor, input: { projectId: string }) => getProject(app, actor, input.projectId),
      update: (actor: Actor, { projectId, ...change }: { projectId: string } & UpdateProject) => updateProject(app, actor, projectId, change),
      delete: (actor: Actor, input: { projectId: string }) => deleteProject(app, actor, input.projectId),
    },
    conversations: {
      list: (actor: Actor, input: ListConversations) => listConversations(app, actor, input),
      create: (actor: Actor, input: CreateConversation) => createConversation(app, actor, input),
      get: (actor: Actor, input: Room) => getConversation(app, actor, input.conversationId),
      update: (actor: Actor, { conversationId, ...change }: Room & UpdateConversation) => updateConversation(app, actor, conversationId, change),
      delete: (actor: Actor, input: Room) => deleteConversation(app, actor, input.conversationId),
      participants: (actor: Actor, input: Room) => listParticipants(app, actor, input.conversationId),
      addParticipant: (actor: Actor, { conversationId, ...party }: Room & PartyRef) => addParticipant(app, actor, conversationId, party),
      removeParticipant: (actor: Actor, { conversationId, ...party }: Room & PartyRef) => removeParticipant(app, actor, conversationId, party),
      read: (actor: Actor, input: Room & { seq: number }) => markRead(app, actor, input.conversationId, input.seq),
      mute: (actor: Actor, input: Room & { muted: boolean }) => muteConversation(app, actor, input.conversationId, input.muted),
      agents: (actor: Actor, input: Room) => agentsIn(app, actor, input.conversationId),
      stop: (actor: Actor, input: Room) => stopAgents(app, actor, input.conversationId),
      typing: (actor: Actor, input: Room) => tellTyping(app, actor, input.conversationId),
      follow: (actor: Actor, input: Room & { after?: number | undefined }, extra: FollowExtra) =>
        followConversation(app, actor, input.conversationId, { after: input.after, ...extra }),
      export: (actor: Actor, input: Room & { format: ExportFormat }) => exportConversation(app, actor, input.conversationId, input.format),
      import: (actor: Actor, input: ImportConversations) => importConversations(app, actor, input),
    },
    messages: {
      list: (actor: Actor, { conversationId, ...input }: Room & ListMessages) => listMessages(app, actor, conversationId, input),
      send: (actor: Actor, { conversationId, ...input }: Room & SendMessage, extra: { idempotency_key?: string | undefined } = {}) =>
        sendMessage(app, actor, conversationId, input, extra.idempotency_key),
      get: (actor: Actor, input: One) => getMessage(app, actor, input.messageId),
      edit: (actor: Actor, { messageId, content, branch }: One & { content: string; branch: boolean }) =>
        branch ? branchFrom(app, actor, messageId, content) : editMessage(app, actor, messageId, content),
      regenerate: (actor: Actor, input: One) => regenerate(app, actor, input.messageId),
      retry: (actor: Actor, input: One) => retryAnswer(app, actor, input.messageId),
      delete: (actor: Actor, input: One) => deleteMessage(app, actor, input.messageId),
      react: (actor: Actor, input: One & { emoji: string }) => react(app, actor, input.messageId, input.emoji),
      unreact: (actor: Actor, input: One & { emoji: string }) => unreact(app, actor, input.messageId, input.emoji),
      pin: (actor: Actor, input: One) => pin(app, actor, input.messageId),
      unpin: (actor: Actor, input: One) => unpin(app, actor, input.messageId),
      pins: (actor: Actor, input: Room) => listPins(app, actor, input.conversationId),
      search: (actor: Actor, input: SearchMessages) => findMessages(app, actor, input),
    },
    attachments: {
      upload: (actor: Actor, { conversationId, ...file }: Room & { name: string; content: string }) =>
        uploadAttachment(app, actor, conversationId, file),
      download: (actor: Actor, input: { attachmentId: string }) => downloadAttachment(app, actor, input.attachmentId),
    },
    events: {
      follow: (actor: Actor, _input: unknown, extra: FollowExtra) => followAll(app, actor, extra),
    },
    setup: {
      owner: (actor: Actor, input: Parameters<typeof setUpOwner>[2]) => setUpOwner(app, actor, input),
    },
    sessions: {
      login: (actor: Actor, input: Login, extra: LoginExtra) => login(app, actor, input, cameBy(extra), setter(extra)),
      me: (actor: Actor) => showMe(app, actor),
      logout: (_actor: Actor, _input: unknown, extra: LoginExtra) => logout(app, cameBy(extra), setter(extra)),
      switch: (actor: Actor, input: { workspace: string }, extra: LoginExtra) => switchWorkspace(app, actor, input.workspace, cameBy(extra)),
      list: (actor: Actor, _input: unknown, extra: LoginExtra) => listSessions(app, actor, cameBy(extra)),
      revoke: (actor: Actor, input: { id: string }) => revokeSession(app, actor, input.id),
      revokeAll: (actor: Actor, _input: unknown, extra: LoginExtra) => revokeAllSessions(app, actor, setter(extra)),
    },
    users: {
      list: (actor: Actor, input: Paging) => listUsers(app, actor, input),
      create: (actor: Actor, input: CreateUser) => createUser(app, actor, input),
      get: (actor: Actor, input: { id: string }) => getUser(app, actor, input.id),
      update: (actor: Actor, { id, ...change }: { id: string } & UpdateUser) => updateUser(app, actor, id, change),
      setPassword: (actor: Actor, input: Parameters<typeof setPassword>[2], extra: LoginExtra) => setPassword(app, actor, input, cameBy(extra)),
      disable: (actor: Actor, input: { id: string }) => disableUser(app, actor, input.id),
      enable: (actor: Actor, input: { id: string }) => enableUser(app, actor, input.id),
      delete: (actor: Actor, input: { id: string }) => deleteUser(app, actor, input.id),
      export: (actor: Actor, input: { id: string }) => exportUserFile(app, actor, input.id, [personalConversations(app)]),
      erase: (actor: Actor, input: { id: string }) => eraseUser(app, actor, input.id, [personalConversations(app)]),
    },
    workspaces: {
      list: (actor: Actor) => listWorkspaces(app, actor),
      create: (actor: Actor, input: { name: string }) => createWorkspace(app, actor, input.name),
      rename: (actor: Actor, input: { id: string; name: string }) => renameWorkspace(app, actor, input.id, input.name),
      members: (actor: Actor, input: { id: string }) => listMembers(app, actor, input.id),
      putMember: (actor: Actor, input: { id: string; userId: string; role: Role }) => putMember(app, actor, input),
      removeMember: (actor: Actor, input: { id: string; userId: string }) => removeMember(app, actor, input),
    },
    keys: {
      list: (actor: Actor) => listKeys(app, actor),
      create: (actor: Actor, input: CreateKey, extra: LoginExtra) => createKey(app, actor, input, cameBy(extra)),
      revoke: (actor: Actor, input: { id: string }) => revokeKey(app, actor, input.id),
    },
    grants: {
      list: (actor: Actor, input: Partial<GrantRef>) => listGrants(app, actor, input),
      put: (actor: Actor, input: GrantRef & Pick<Grant, 'level'>) => putGrant(app, actor, input),
      remove: (actor: Actor, input: GrantRef) => removeGrant(app, actor, input),
    },
    tokens: {
      create: (actor: Actor, _input: unknown, extra: LoginExtra) => createToken(app, actor, cameBy(extra)),
    },
    signingKeys: {
      list: (_actor: Actor) => listSigningKeys(app),
      rotate: (actor: Actor) => rotateSigningKeys(app, actor),
    },
  }
  return withPolicies(api, (actor, refusal) => app.access.refused(actor, refusal))
}

const cameBy = ({ credential = noCredential }: LoginExtra = {}) => credential
const setter = ({ setSession = () => {} }: LoginExtra = {}) => setSession

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
