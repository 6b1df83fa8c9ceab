import { z } from 'zod'
import { Instant } from './page.ts'

export const ParticipantKind = z.enum(['user', 'agent'])
export type ParticipantKind = z.infer<typeof ParticipantKind>

/** Someone who can be in a conversation; an agent may also be named by its slug where one is asked for. */
export const PartyRef = z.strictObject({ kind: ParticipantKind, id: z.string().min(1).max(300) })
export type PartyRef = z.infer<typeof PartyRef>

export const Participant = z.object({
  kind: ParticipantKind,
  id: z.string(),
  /** Null for who is no longer there, and for the local owner of a server without users. */
  name: z.string().nullable(),
  /** Of an agent: what `@` names it by. */
  slug: z.string().nullable(),
  role: z.enum(['owner', 'member']),
  joined_at: Instant,
  /** Up to which message they have read; of agents: answered. */
  last_read_seq: z.int(),
  muted: z.boolean(),
})
export type Participant = z.infer<typeof Participant>

/** Days are UTC; `total` never begins anew. What was spent before a budget was set does not count. */
export const ConversationBudget = z
  .strictObject({
    unit: z.enum(['tokens', 'usd']),
    /** Tokens, or US dollars to a millionth. */
    limit: z.number().min(0).max(1_000_000_000),
    period: z.enum(['day', 'total']).default('total'),
  })
  .refine(({ unit, limit }) => unit === 'usd' || Number.isInteger(limit), { path: ['limit'], message: 'must be a whole number of tokens' })
export type ConversationBudget = z.infer<typeof ConversationBudget>

const policy = {
  /** How long nobody may have written before agents answer, so that several quick messages get one answer. */
  debounce_ms: z.int().min(0).max(600_000),
  /** What becomes of messages that arrive while an agent works: they wait for the next turn, are put into its work, or end it. */
  turns: z.enum(['queue', 'steer', 'interrupt']),
  /** How many of the newest messages an agent is shown. */
  context_messages: z.int().min(1).max(1_000),
  /** How many times in a row agents may answer agents. */
  max_hops: z.int().min(0).max(100),
  /** Messages older than this are deleted for good; null: they are kept. */
  retention_days: z.int().min(1).max(36_500).nullable(),
  /** BCP 47, such as `pt-BR`, for what Cadre itself says here; null: the language of the conversation is guessed. */
  language: z
    .string()
    .regex(/^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, 'must be a language tag such as en or pt-BR')
    .max(35)
    .nullable(),
  /** What all agents together may spend on their answers here; null: what their own budgets allow. */
  budget: ConversationBudget.nullable(),
}

export const ConversationPolicy = z.strictObject({
  debounce_ms: policy.debounce_ms.default(2_000),
  turns: policy.turns.default('queue'),
  context_messages: policy.context_messages.default(20),
  max_hops: policy.max_hops.default(4),
  retention_days: policy.retention_days.default(null),
  language: policy.language.default(null),
  budget: policy.budget.default(null),
})
export type ConversationPolicy = z.infer<typeof ConversationPolicy>
/** Without the defaults: what an update leaves out stays as it is. */
export const ConversationPolicyPatch = z.strictObject(policy).partial()
export type ConversationPolicyPatch = z.infer<typeof ConversationPolicyPatch>
