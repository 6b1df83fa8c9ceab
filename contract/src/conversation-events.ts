import { z } from 'zod'
import { Message } from './messages.ts'
import { Instant } from './page.ts'
import { ConversationPolicy, Participant, ParticipantKind } from './participants.ts'

const common = { conversation_id: z.string(), seq: z.int(), at: Instant }
const party = z.object({ kind: ParticipantKind, id: z.string() })
const error = z.object({ code: z.string(), message: z.string() })

/**
 * One row of a conversation's events. `seq` counts from 1 within the conversation, apart from the numbers of its messages. A message is
 * shown as it is now, not as it was then: what was deleted is not given out again by an old event.
 */
export const StoredEvent = z.discriminatedUnion('type', [
  z.object({ ...common, type: z.literal('message.created'), message: Message }),
  z.object({ ...common, type: z.literal('message.updated'), message: Message }),
  z.object({ ...common, type: z.literal('message.deleted'), message_id: z.string(), message_seq: z.int() }),
  z.object({ ...common, type: z.literal('reaction.added'), message_id: z.string(), emoji: z.string(), by: party }),
  z.object({ ...common, type: z.literal('reaction.removed'), message_id: z.string(), emoji: z.string(), by: party }),
  z.object({ ...common, type: z.literal('message.pinned'), message_id: z.string(), by: party }),
  z.object({ ...common, type: z.literal('message.unpinned'), message_id: z.string(), by: party }),
  z.object({ ...common, type: z.literal('participant.joined'), participant: Participant }),
  z.object({ ...common, type: z.literal('participant.left'), participant: party }),
  z.object({
    ...common,
    type: z.literal('conversation.updated'),
    title: z.string().nullable(),
    topic: z.string().nullable(),
    policy: ConversationPolicy,
  }),
  z.object({ ...common, type: z.literal('conversation.deleted') }),
  /** Lifecycle hooks changed a message before it was stored, or failed and it went through without them. What it was before is kept nowhere. */
  z.object({
    ...common,
    type: z.literal('hooks.applied'),
    message_id: z.string(),
    hooks: z.array(z.object({ hook: z.string(), outcome: z.enum(['changed', 'failed']) })),
  }),
  /** An agent began to answer these messages; once more with the same run, for messages that were put into its work. */
  z.object({
    ...common,
    type: z.literal('agent.responding'),
    agent_id: z.string(),
    job_id: z.string(),
    run_id: z.string().nullable(),
    message_ids: z.array(z.string()),
  }),
  z.object({
    ...common,
    type: z.literal('agent.responded'),
    agent_id: z.string(),
    message_id: z.string(),
    run_id: z.string().nullable(),
    /** The messages that it answers, also those that came while it was at work. Not there in events of older versions. */
    answers: z.array(z.string()).optional(),
  }),
  z.object({ ...common, type: z.literal('job.completed'), agent_id: z.string(), job_id: z.string(), run_id: z.string().nullable() }),
  z.object({
    ...common,
    type: z.literal('job.failed'),
    agent_id: z.string(),
    job_id: z.string(),
    run_id: z.string().nullable(),
    error,
    /** How often a model was asked for the answer that did not come; where no run could begin, how often that was tried. */
    attempts: z.int(),
  }),
])
export type StoredEvent = z.infer<typeof StoredEvent>
export type StoredEventType = StoredEvent['type']

/** What is news only now, kept in memory only. `seq` is that of the stored event before it in the same stream. */
export const PassingEvent = z.discriminatedUnion('type', [
  z.object({ ...common, type: z.literal('typing'), by: party }),
  /** Text of a message that is being written; superseded by its `message.created` or `message.updated`. `part` counts from 0, and 0 says: forget what was shown. */
  z.object({
    ...common,
    type: z.literal('message.delta'),
    message_id: z.string(),
    run_id: z.string().nullable(),
    part: z.int(),
    kind: z.enum(['text', 'reasoning']),
    text: z.string(),
  }),
  z.object({
    ...common,
    type: z.literal('progress'),
    agent_id: z.string(),
    run_id: z.string().nullable(),
    percent: z.number().min(0).max(100).nullable(),
    text: z.string(),
  }),
  z.object({ ...common, type: z.literal('agent.status'), agent_id: z.string(), status: z.enum(['active', 'busy', 'inactive']) }),
  z.object({ ...common, type: z.literal('read.updated'), user_id: z.string(), last_read_seq: z.int() }),
])
export type PassingEvent = z.infer<typeof PassingEvent>

export const ConversationEvent = z.union([StoredEvent, PassingEvent])
export type ConversationEvent = z.infer<typeof ConversationEvent>

/** An event in the stream of all conversations of one person. `position` is its id there, for `Last-Event-ID`. */
export type PositionedEvent = ConversationEvent & { position: string }

const passing: ReadonlySet<string> = new Set(PassingEvent.options.map((option) => option.shape.type.value))
export function isPassing(event: ConversationEvent): event is PassingEvent {
  return passing.has(event.type)
}
