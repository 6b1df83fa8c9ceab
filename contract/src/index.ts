import { grants, people, users, workspaces } from './access.ts'
import { agents } from './agents.ts'
import { approvalRules, approvals } from './approvals.ts'
import { audit } from './audit.ts'
import { connections } from './connections.ts'
import { conversations, events, projects } from './conversations.ts'
import { keys, sessions, setup, signingKeys, tokens } from './credentials.ts'
import { attachments, messages } from './messages.ts'
import { metrics } from './metrics.ts'
import { plugins, tools } from './plugins.ts'
import { providers } from './providers.ts'
import { runs } from './runs.ts'
import { logs, server } from './server.ts'
import { budgets, prices, usage } from './usage.ts'

/** Everything that can be said to Cadre. HTTP routes, typed clients and OpenAPI all follow from it. */
export const contract = {
  agents,
  runs,
  approvals,
  approvalRules,
  plugins,
  tools,
  connections,
  providers,
  usage,
  metrics,
  server,
  logs,
  budgets,
  prices,
  setup,
  sessions,
  users,
  people,
  workspaces,
  keys,
  grants,
  tokens,
  signingKeys,
  audit,
  projects,
  conversations,
  messages,
  attachments,
  events,
}
export type Contract = typeof contract

/** `agents.create` and the like: every entry of the contract. */
export type EndpointName = { [Group in keyof Contract]: `${Group}.${string & keyof Contract[Group]}` }[keyof Contract]
