import type { EndpointName } from '@cadre/contract'
import type { Role, Scope } from '@cadre/contract/access'
import { CadreError } from '@cadre/contract/errors'
import { type Actor, defaultWorkspace } from './actor.ts'
import { isAtLeast } from './identity.ts'
import type { NoteRefusal } from './refusals.ts'

export type { EndpointName }

export type Policy = {
  /** The weakest role that may call it. */
  least: Role
  /** What a key with scopes must have; null: about the caller itself, which any key may. */
  scope: Scope | null
  /** Callers without a login may try too: the verb gives them what is public and nothing else. */
  public?: true
  /** It is about the whole server: only in the first workspace. */
  server?: true
  /** With less than that role, a grant of this level on the agent that the call is about does as well: grants/require-on-agent.ts. */
  or?: 'run' | 'edit'
}

/** The weakest role that sees the runs of others in its workspace: agents/sees-runs.ts. */
export const seesAllRuns: Role = 'builder'

/**
 * Who may call what. An endpoint without a line does not compile. The role is the one in the workspace of the call; what single things a
 * caller gets to see there is the verb's to say, and a foreign one looks missing.
 */
export const policies = {
  'agents.list': { least: 'viewer', scope: 'agents:read', public: true },
  'agents.get': { least: 'viewer', scope: 'agents:read', public: true },
  'agents.create': { least: 'builder', scope: 'agents:write' },
  'agents.update': { least: 'builder', scope: 'agents:write', or: 'edit' },
  'agents.versions': { least: 'viewer', scope: 'agents:read' },
  'agents.version': { least: 'viewer', scope: 'agents:read' },
  'agents.rollBack': { least: 'builder', scope: 'agents:write', or: 'edit' },
  'agents.delete': { least: 'builder', scope: 'agents:write' },

  // The public has what the call itself answers or streams: without a login nobody is the one who started a run.
  'runs.start': { least: 'member', scope: 'runs:write', public: true, or: 'run' },
  'runs.get': { least: 'viewer', scope: 'runs:read' },
  'runs.value': { least: 'viewer', scope: 'runs:read' },
  'runs.follow': { least: 'viewer', scope: 'runs:read' },
  'runs.list': { least: 'viewer', scope: 'runs:read' },
  'runs.listOfAgent': { least: 'viewer', scope: 'runs:read' },
  'runs.cancel': { least: 'member', scope: 'runs:write', or: 'run' },
  'runs.cancelMany': { least: 'member', scope: 'runs:write', or: 'run' },
  'runs.retry': { least: 'member', scope: 'runs:write', or: 'run' },
  // Another prompt, model or result takes what editing the agent takes: fork-run.ts.
  'runs.fork': { least: 'member', scope: 'runs:write', or: 'run' },
  'runs.replay': { least: 'viewer', scope: 'runs:read' },
  'runs.export': { least: 'viewer', scope: 'runs:read' },
  'runs.resolve': { least: 'member', scope: 'runs:write', or: 'run' },

  // Whoever started the run decides about it, whoever may edit its agent, and builders about all: approvals/decision.ts.
  'approvals.list': { least: 'viewer', scope: 'runs:read' },
  'approvals.get': { least: 'viewer', scope: 'runs:read' },
  'approvals.decide': { least: 'member', scope: 'approvals:write', or: 'edit' },
  'approvalRules.list': { least: 'viewer', scope: 'runs:read' },
  'approvalRules.remove': { least: 'builder', scope: 'approvals:write' },

  'plugins.list': { least: 'viewer', scope: 'tools:read' },
  'plugins.get': { least: 'viewer', scope: 'tools:read' },
  'plugins.add': { least: 'builder', scope: 'tools:write' },
  'plugins.remove': { least: 'builder', scope: 'tools:write' },
  'plugins.install': { least: 'builder', scope: 'tools:write' },
  // With the source of code.
  'plugins.export': { least: 'builder', scope: 'tools:read' },
  'plugins.import': { least: 'builder', scope: 'tools:write' },
  'plugins.importOpenapi': { least: 'builder', scope: 'tools:write' },
  'plugins.refresh': { least: 'builder', scope: 'tools:write' },
  'plugins.approve': { least: 'builder', scope: 'tools:write' },
  'plugins.invoke': { least: 'builder', scope: 'tools:write' },
  'plugins.lifecycle': { least: 'builder', scope: 'tools:read' },
  // What is switched on sees the messages of everybody, as owners and admins do.
  'plugins.switchLifecycle': { least: 'admin', scope: 'tools:write' },
  'tools.search': { least: 'viewer', scope: 'tools:read' },

  'connections.list': { least: 'builder', scope: 'tools:read' },
  'connections.add': { least: 'builder', scope: 'tools:write' },
  'connections.remove': { least: 'builder', scope: 'tools:write' },
  'connections.test': { least: 'builder', scope: 'tools:write' },

  'providers.list': { least: 'viewer', scope: 'providers:read' },
  'providers.models': { least: 'viewer', scope: 'providers:read' },
  'providers.aliases': { least: 'viewer', scope: 'providers:read' },
  'providers.alias': { least: 'viewer', scope: 'providers:read' },
  'providers.add': { least: 'builder', scope: 'providers:write' },
  'providers.remove': { least: 'builder', scope: 'providers:write' },
  'providers.test': { least: 'builder', scope: 'providers:write' },
  'providers.detect': { least: 'builder', scope: 'providers:write' },
  'providers.setAlias': { least: 'builder', scope: 'providers:write' },
  'providers.removeAlias': { least: 'builder', scope: 'providers:write' },

  'metrics.agent': { least: 'builder', scope: 'runs:read', or: 'edit' },
  'metrics.series': { least: 'builder', scope: 'usage:read' },
  'metrics.system': { least: 'builder', scope: 'usage:read', server: true },
  'metrics.machine': { least: 'builder', scope: 'usage:read', server: true },
  'server.settings': { least: 'admin', scope: 'audit:read', server: true },
  'server.retention': { least: 'admin', scope: 'audit:read', server: true },
  // What it deletes is gone for all workspaces, and of the audit log too: not for those whom that log watches.
  'server.setRetention': { least: 'owner', scope: 'access:write', server: true },
  'logs.follow': { least: 'admin', scope: 'audit:read', server: true },
  'usage.get': { least: 'builder', scope: 'usage:read' },
  'budgets.list': { least: 'builder', scope: 'usage:read' },
  'budgets.create': { least: 'builder', scope: 'providers:write' },
  'budgets.update': { least: 'builder', scope: 'providers:write' },
  'budgets.delete': { least: 'builder', scope: 'providers:write' },
  'budgets.raiseOfRun': { least: 'builder', scope: 'providers:write' },
  'prices.list': { least: 'viewer', scope: 'usage:read' },
  'prices.get': { least: 'viewer', scope: 'usage:read' },
  'prices.put': { least: 'owner', scope: 'providers:write', server: true },
  'prices.delete': { least: 'owner', scope: 'providers:write', server: true },

  'setup.state': { least: 'viewer', scope: null, public: true },
  'setup.owner': { least: 'viewer', scope: null, public: true },
  'sessions.login': { least: 'viewer', scope: null, public: true },
  'sessions.me': { least: 'viewer', scope: null },
  'sessions.logout': { least: 'viewer', scope: null },
  'sessions.switch': { least: 'viewer', scope: null },
  'sessions.list': { least: 'viewer', scope: 'access:read' },
  'sessions.revoke': { least: 'viewer', scope: 'access:write' },
  'sessions.revokeAll': { least: 'viewer', scope: 'access:write' },
  'tokens.create': { least: 'viewer', scope: null },

  // Everyone reads and changes themselves; the verb asks for admin where it is about another.
  'users.get': { least: 'viewer', scope: 'access:read' },
  'users.update': { least: 'viewer', scope: 'access:write' },
  'users.setPassword': { least: 'viewer', scope: 'access:write' },
  'users.beginReset': { least: 'admin', scope: 'access:write' },
  // Whoever has forgotten their password cannot log in: the token is what they show.
  'users.finishReset': { least: 'viewer', scope: null, public: true },
  // Whom one can write to: of a user nothing but the name.
  'people.list': { least: 'member', scope: 'access:read' },
  'users.list': { least: 'admin', scope: 'access:read' },
  'users.create': { least: 'admin', scope: 'access:write' },
  'users.disable': { least: 'admin', scope: 'access:write' },
  'users.enable': { least: 'admin', scope: 'access:write' },
  'users.delete': { least: 'admin', scope: 'access:write' },
  // One's own; of others only for owners of the first workspace, for it is everything from all workspaces.
  'users.export': { least: 'viewer', scope: 'access:read' },
  'users.erase': { least: 'owner', scope: 'access:write', server: true },

  'workspaces.list': { least: 'viewer', scope: 'access:read' },
  'workspaces.create': { least: 'owner', scope: 'access:write', server: true },
  'workspaces.rename': { least: 'owner', scope: 'access:write' },
  'workspaces.members': { least: 'admin', scope: 'access:read' },
  'workspaces.putMember': { least: 'admin', scope: 'access:write' },
  'workspaces.removeMember': { least: 'admin', scope: 'access:write' },

  // Keys of one's own; the verb asks for admin where it is another's.
  'keys.list': { least: 'viewer', scope: 'access:read' },
  'keys.create': { least: 'viewer', scope: 'access:write' },
  'keys.revoke': { least: 'viewer', scope: 'access:write' },

  'grants.list': { least: 'admin', scope: 'access:read' },
  'grants.put': { least: 'admin', scope: 'access:write' },
  'grants.remove': { least: 'admin', scope: 'access:write' },

  'audit.list': { least: 'admin', scope: 'audit:read' },
  'audit.verify': { least: 'owner', scope: 'audit:read', server: true },

  'signingKeys.list': { least: 'owner', scope: 'access:read', server: true },
  'signingKeys.rotate': { least: 'owner', scope: 'access:write', server: true },
  // Who sees and writes what in there is for the verbs to say: conversations/seats.ts.
  'projects.list': { least: 'viewer', scope: 'conversations:read' },
  'projects.get': { least: 'viewer', scope: 'conversations:read' },
  'conversations.list': { least: 'viewer', scope: 'conversations:read' },
  'conversations.get': { least: 'viewer', scope: 'conversations:read' },
  'conversations.participants': { least: 'viewer', scope: 'conversations:read' },
  'conversations.agents': { least: 'viewer', scope: 'conversations:read' },
  'conversations.budget': { least: 'viewer', scope: 'conversations:read' },
  'conversations.follow': { least: 'viewer', scope: 'conversations:read' },
  'conversations.export': { least: 'viewer', scope: 'conversations:read' },
  'messages.list': { least: 'viewer', scope: 'conversations:read' },
  'messages.get': { least: 'viewer', scope: 'conversations:read' },
  'messages.pins': { least: 'viewer', scope: 'conversations:read' },
  'messages.search': { least: 'viewer', scope: 'conversations:read' },
  'attachments.download': { least: 'viewer', scope: 'conversations:read' },
  'events.follow': { least: 'viewer', scope: 'conversations:read' },
  'conversations.read': { least: 'viewer', scope: 'conversations:read' },
  'conversations.unread': { least: 'viewer', scope: 'conversations:read' },
  'conversations.mute': { least: 'viewer', scope: 'conversations:read' },
  'projects.create': { least: 'member', scope: 'conversations:write' },
  'projects.update': { least: 'member', scope: 'conversations:write' },
  'projects.delete': { least: 'member', scope: 'conversations:write' },
  'conversations.create': { least: 'member', scope: 'conversations:write' },
  'conversations.update': { least: 'member', scope: 'conversations:write' },
  'conversations.delete': { least: 'member', scope: 'conversations:write' },
  'conversations.addParticipant': { least: 'member', scope: 'conversations:write' },
  'conversations.removeParticipant': { least: 'member', scope: 'conversations:write' },
  'conversations.stop': { least: 'member', scope: 'conversations:write' },
  'conversations.typing': { least: 'member', scope: 'conversations:write' },
  'conversations.import': { least: 'member', scope: 'conversations:write' },
  'messages.send': { least: 'member', scope: 'conversations:write' },
  'messages.regenerate': { least: 'member', scope: 'conversations:write' },
  'messages.retry': { least: 'member', scope: 'conversations:write' },
  'messages.choose': { least: 'member', scope: 'conversations:write' },
  'messages.edit': { least: 'member', scope: 'conversations:write' },
  'messages.delete': { least: 'member', scope: 'conversations:write' },
  'messages.react': { least: 'member', scope: 'conversations:write' },
  'messages.unreact': { least: 'member', scope: 'conversations:write' },
  'messages.pin': { least: 'member', scope: 'conversations:write' },
  'messages.unpin': { least: 'member', scope: 'conversations:write' },
  'attachments.upload': { least: 'member', scope: 'conversations:write' },
} as const satisfies Record<EndpointName, Policy>

/** What a key that is for some agents only can be for. */
const aboutAgents = /^(agents|runs|conversations):/

/** What policies look at. */
export type Asking = Pick<Actor, 'kind' | 'role' | 'scopes' | 'agents' | 'workspace_id'>

/** Throws UNAUTHORIZED or FORBIDDEN, with what is missing. Called in one place, which wraps every verb: api.ts. */
export function authorize(actor: Asking, endpoint: EndpointName): void {
  if (actor.kind === 'system') return
  const policy: Policy = policies[endpoint]
  if (actor.kind === 'public') {
    if (policy.public) return
    throw new CadreError('UNAUTHORIZED', 'This call needs a login or an API key: send X-API-Key, or Authorization: Bearer.')
  }
  if (!isAtLeast(actor.role, policy.or && actor.role !== null ? 'viewer' : policy.least)) throw lacksRole(actor, policy)
  if (policy.scope !== null && actor.scopes !== null && !actor.scopes.includes(policy.scope))
    throw new CadreError('FORBIDDEN', `This API key lacks the scope ${policy.scope}; it has ${actor.scopes.join(', ') || 'none'}.`)
  if (policy.scope !== null && actor.agents !== null && !aboutAgents.test(policy.scope))
    throw new CadreError('FORBIDDEN', 'This API key is for single agents only.')
  if (policy.server && actor.workspace_id !== defaultWorkspace)
    throw new CadreError('FORBIDDEN', 'This call is about the whole server: only the first workspace may make it.')
}

export function lacksRole({ role }: Pick<Actor, 'role'>, { least, or }: Policy) {
  const orStronger = least === 'owner' ? '' : ' or a stronger one'
  return new CadreError(
    'FORBIDDEN',
    `This call needs the role ${least}${orStronger}${or ? `, or the grant '${or}' on this agent` : ''}; yours is ${role ?? 'none'}.`,
  )
}

type Verb = (actor: Actor, ...rest: never[]) => unknown

/** The same verbs, each behind its policy. `refused` is told of whoever may not make a call. */
export function withPolicies<T extends Record<string, Record<string, Verb>>>(api: T, refused: NoteRefusal = () => {}): T {
  const groups = Object.entries(api).map(([group, verbs]) => {
    const guarded = Object.entries(verbs).map(([name, verb]) => {
      const endpoint = `${group}.${name}` as EndpointName
      if (!Object.hasOwn(policies, endpoint)) throw new Error(`${endpoint} has no policy`)
      const call = async (actor: Actor, ...rest: never[]) => {
        try {
          authorize(actor, endpoint)
          return await verb(actor, ...rest)
        } catch (error) {
          if (error instanceof CadreError && error.code === 'FORBIDDEN') refused(actor, { endpoint, reason: error.code })
          throw error
        }
      }
      return [name, call]
    })
    return [group, Object.fromEntries(guarded)]
  })
  return Object.fromEntries(groups) as T
}
