import { eventIterator, oc } from '@orpc/contract'
import { z } from 'zod'
import { ConversationEvent, type PositionedEvent } from './conversation-events.ts'
import { Message } from './messages.ts'
import { Instant, PageQuery, pageOf } from './page.ts'
import { ConversationBudget, ConversationPolicy, ConversationPolicyPatch, Participant, ParticipantKind, PartyRef } from './participants.ts'

const id = z.string().min(1).max(100)
const deleted = z.object({ id: z.string(), deleted: z.literal(true) })

export const Project = z.object({
  id: z.string(),
  name: z.string(),
  description: z.string().nullable(),
  created_by: z.string(),
  created_at: Instant,
  updated_at: Instant,
})
export type Project = z.infer<typeof Project>

const project = { name: z.string().trim().min(1).max(200), description: z.string().max(10_000).nullable() }
export const CreateProject = z.strictObject({ ...project, description: project.description.default(null) })
export type CreateProject = z.infer<typeof CreateProject>
export const UpdateProject = z.strictObject(project).partial()
export type UpdateProject = z.infer<typeof UpdateProject>
const ProjectRef = z.strictObject({ projectId: id })

export const projects = {
  list: oc.route({ method: 'GET', path: '/projects', summary: 'List projects, newest first' }).input(PageQuery).output(pageOf(Project)),
  create: oc.route({ method: 'POST', path: '/projects', summary: 'Create a project', successStatus: 201 }).input(CreateProject).output(Project),
  get: oc.route({ method: 'GET', path: '/projects/{projectId}', summary: 'Read one project' }).input(ProjectRef).output(Project),
  update: oc
    .route({ method: 'PUT', path: '/projects/{projectId}', summary: 'Change a project; fields left out stay as they are' })
    .input(ProjectRef.extend(UpdateProject.shape))
    .output(Project),
  delete: oc
    .route({ method: 'DELETE', path: '/projects/{projectId}', summary: 'Delete a project with its channels' })
    .input(ProjectRef)
    .output(deleted),
}

/** `dm`: two, one of them a person. `group`: several, by invitation. `channel`: open to the whole workspace, in a project. */
export const ConversationKind = z.enum(['dm', 'group', 'channel'])
export type ConversationKind = z.infer<typeof ConversationKind>

export const Conversation = z.object({
  id: z.string(),
  kind: ConversationKind,
  project_id: z.string().nullable(),
  title: z.string().nullable(),
  topic: z.string().nullable(),
  policy: ConversationPolicy,
  participants: z.array(Participant),
  created_by: z.string(),
  created_at: Instant,
  updated_at: Instant,
  /** Number of its newest message, and of its newest event: where to begin to follow. */
  last_seq: z.int(),
  last_event: z.int(),
  last_message_at: Instant.nullable(),
  /** The newest message that is not deleted. */
  last_message: Message.nullable(),
  /** Messages that the caller has not read; those that are deleted, or stand in a branch that is not shown, do not count. */
  unread: z.int(),
})
export type Conversation = z.infer<typeof Conversation>

const fields = { title: z.string().trim().min(1).max(200).nullable(), topic: z.string().max(2_000).nullable() }

export const CreateConversation = z.strictObject({
  kind: ConversationKind,
  title: fields.title.default(null),
  topic: fields.topic.default(null),
  /** For a channel, which belongs to one. */
  project_id: id.optional(),
  /** Who else is in it; the caller is anyway. */
  participants: z.array(PartyRef).max(200).default([]),
  policy: ConversationPolicy.prefault({}),
})
export type CreateConversation = z.infer<typeof CreateConversation>

export const UpdateConversation = z.strictObject({ ...fields, policy: ConversationPolicyPatch }).partial()
export type UpdateConversation = z.infer<typeof UpdateConversation>

export const ListConversations = PageQuery.extend({
  kind: ConversationKind.optional(),
  project: id.optional(),
  /** Only those with this agent in them. */
  agent: id.optional(),
  /** `mine`: where the caller takes part, and all channels. `all`: every conversation of the workspace, for its owners and admins. */
  scope: z.enum(['mine', 'all']).default('mine'),
})
export type ListConversations = z.infer<typeof ListConversations>

/** What the agents of a conversation spent of its budget in its period: of this day, or since it was set. */
export const ConversationSpent = z.object({
  /** Null where there is none; then nothing is counted. */
  budget: ConversationBudget.nullable(),
  spent: z.number(),
  /** Held for model calls that are being made. */
  reserved: z.number(),
  /** When it begins anew; null where it never does. */
  resets_at: Instant.nullable(),
})
export type ConversationSpent = z.infer<typeof ConversationSpent>

/** What an agent does in a conversation, derived from what living workers have in hands. */
export const AgentInRoom = z.object({
  agent_id: z.string(),
  name: z.string().nullable(),
  slug: z.string().nullable(),
  /** `inactive`: the agent was deleted. */
  status: z.enum(['active', 'busy', 'inactive']),
  /** It will answer: when it has a place, a worker, a budget or an approval. */
  waits: z.boolean(),
  run_id: z.string().nullable(),
})
export type AgentInRoom = z.infer<typeof AgentInRoom>

export const ExportFormat = z.enum(['markdown', 'json', 'html'])
export type ExportFormat = z.infer<typeof ExportFormat>
export const ImportSource = z.enum(['chatgpt', 'open-webui', 'librechat'])
export type ImportSource = z.infer<typeof ImportSource>

export const ImportConversations = z.strictObject({
  source: ImportSource,
  /** The export: its JSON, or the text of it, which may be nested as deep as it likes. */
  data: z.union([z.string().min(1), z.array(z.unknown()), z.record(z.string(), z.unknown())]),
})
export type ImportConversations = z.infer<typeof ImportConversations>

export const Imported = z.object({
  conversations: z.array(z.object({ id: z.string(), title: z.string(), messages: z.int() })),
  /** Those that had been imported before. */
  skipped: z.int(),
  problems: z.array(z.object({ path: z.string(), message: z.string() })),
})
export type Imported = z.infer<typeof Imported>

/** Of the conversations that the caller takes part in, those left out that the caller muted. */
export const Unread = z.object({ messages: z.int(), conversations: z.int() })
export type Unread = z.infer<typeof Unread>

const ConversationRef = z.strictObject({ conversationId: id })
const at = '/conversations/{conversationId}'

export const conversations = {
  list: oc
    .route({ method: 'GET', path: '/conversations', summary: 'List conversations by their last activity, the latest first' })
    .input(ListConversations)
    .output(pageOf(Conversation)),
  create: oc
    .route({ method: 'POST', path: '/conversations', summary: 'Begin a conversation; for a DM that there is already, that one', successStatus: 201 })
    .input(CreateConversation)
    .output(Conversation),
  get: oc.route({ method: 'GET', path: at, summary: 'Read one conversation' }).input(ConversationRef).output(Conversation),
  update: oc
    .route({ method: 'PUT', path: at, summary: 'Change title, topic or policy; fields left out stay as they are' })
    .input(ConversationRef.extend(UpdateConversation.shape))
    .output(Conversation),
  delete: oc.route({ method: 'DELETE', path: at, summary: 'Delete a conversation with its messages' }).input(ConversationRef).output(deleted),
  participants: oc
    .route({ method: 'GET', path: `${at}/participants`, summary: 'List who is in a conversation' })
    .input(ConversationRef)
    .output(z.object({ items: z.array(Participant), next_cursor: z.null() })),
  addParticipant: oc
    .route({ method: 'POST', path: `${at}/participants`, summary: 'Add a user or an agent, or join a channel', successStatus: 201 })
    .input(ConversationRef.extend(PartyRef.shape))
    .output(Participant),
  removeParticipant: oc
    .route({ method: 'DELETE', path: `${at}/participants/{kind}/{id}`, summary: 'Remove a user or an agent, or leave' })
    .input(ConversationRef.extend({ kind: ParticipantKind, id }))
    .output(z.object({ kind: ParticipantKind, id: z.string(), removed: z.literal(true) })),
  read: oc
    .route({ method: 'PUT', path: `${at}/read`, summary: 'Say up to which message the caller has read; it never goes back' })
    .input(
      ConversationRef.extend({
        seq: z
          .int()
          .min(0)
          .max(2 ** 31),
      }),
    )
    .output(z.object({ last_read_seq: z.int(), unread: z.int() })),
  unread: oc.route({ method: 'GET', path: '/unread', summary: 'Count what the caller has not read, in all conversations' }).output(Unread),
  mute: oc
    .route({ method: 'PUT', path: `${at}/muted`, summary: 'Mute a conversation for the caller' })
    .input(ConversationRef.extend({ muted: z.boolean() }))
    .output(Participant),
  typing: oc
    .route({ method: 'POST', path: `${at}/typing`, summary: 'Tell the other windows that the caller is writing' })
    .input(ConversationRef)
    .output(z.object({ told: z.literal(true) })),
  agents: oc
    .route({ method: 'GET', path: `${at}/agents`, summary: 'What the agents of a conversation do now' })
    .input(ConversationRef)
    .output(z.object({ items: z.array(AgentInRoom), next_cursor: z.null() })),
  budget: oc
    .route({ method: 'GET', path: `${at}/budget`, summary: 'What was spent of the budget of a conversation' })
    .input(ConversationRef)
    .output(ConversationSpent),
  stop: oc
    .route({ method: 'POST', path: `${at}/stop`, summary: 'Stop the agents of a conversation; what was shown of an answer is kept' })
    .input(ConversationRef)
    .output(z.object({ stopped_runs: z.array(z.string()), dropped: z.int() })),
  follow: oc
    .route({
      method: 'GET',
      path: `${at}/events`,
      summary: 'Follow a conversation: every event after `after` or Last-Event-ID; without either, from now on',
    })
    .input(
      ConversationRef.extend({
        after: z.coerce
          .number()
          .int()
          .min(0)
          .max(2 ** 31)
          .optional(),
      }),
    )
    .output(eventIterator(ConversationEvent)),
  export: oc
    .route({ method: 'GET', path: `${at}/export`, summary: 'Export a conversation as a document' })
    .input(ConversationRef.extend({ format: ExportFormat.default('markdown') }))
    .output(z.object({ name: z.string(), media_type: z.string(), content: z.string() })),
  import: oc
    .route({ method: 'POST', path: '/conversations/import', summary: 'Import the history of ChatGPT, Open WebUI or LibreChat' })
    .input(ImportConversations)
    .output(Imported),
}

export const events = {
  follow: oc
    .route({ method: 'GET', path: '/events', summary: "Follow all of the caller's conversations in one stream, from now on or after Last-Event-ID" })
    .output(eventIterator(z.custom<PositionedEvent>((value) => typeof value === 'object' && value !== null))),
}
