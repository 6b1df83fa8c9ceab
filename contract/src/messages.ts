import { oc } from '@orpc/contract'
import { z } from 'zod'
import { Instant, PageQuery, pageOf } from './page.ts'
import { ParticipantKind } from './participants.ts'

const id = z.string().min(1).max(100)
export const contentLimit = 200_000

export const AuthorKind = z.enum(['user', 'agent', 'system'])
export type AuthorKind = z.infer<typeof AuthorKind>

/** `streaming`: an agent is still writing. `stopped`: somebody ended it, what had been written is kept. */
export const MessageStatus = z.enum(['sent', 'streaming', 'stopped', 'failed'])
export type MessageStatus = z.infer<typeof MessageStatus>

export const Attachment = z.object({
  id: z.string(),
  name: z.string(),
  /** Found by its content, whatever its name says. */
  media_type: z.string(),
  bytes: z.int(),
  created_at: Instant,
})
export type Attachment = z.infer<typeof Attachment>

export const Message = z.object({
  id: z.string(),
  conversation_id: z.string(),
  source_type: z.enum(['dm', 'channel']),
  source_id: z.string(),
  /** Its number in the conversation, without gaps. */
  seq: z.int(),
  author_kind: AuthorKind,
  author_id: z.string(),
  author_name: z.string().nullable(),
  /** As it was written; empty where it was deleted. It is made safe where it is shown. */
  content: z.string(),
  status: MessageStatus,
  /** The message at the root of the thread it stands in. */
  thread_id: z.string().nullable(),
  /** What it answers or replaces. */
  parent_id: z.string().nullable(),
  /** False: another branch is shown instead. */
  active: z.boolean(),
  run_id: z.string().nullable(),
  /** How many agents answered agents before it; 0 for what a person wrote. */
  hop: z.int(),
  replies: z.int(),
  pinned: z.boolean(),
  reactions: z.array(z.object({ emoji: z.string(), by: z.array(z.object({ kind: ParticipantKind, id: z.string() })) })),
  mentions: z.array(z.object({ kind: ParticipantKind, id: z.string() })),
  attachments: z.array(Attachment),
  metadata: z.record(z.string(), z.unknown()).nullable(),
  created_at: Instant,
  updated_at: Instant,
  edited_at: Instant.nullable(),
  deleted_at: Instant.nullable(),
})
export type Message = z.infer<typeof Message>

export const SendMessage = z.strictObject({
  content: z.string().max(contentLimit).default(''),
  thread_id: id.optional(),
  parent_id: id.optional(),
  /** Ids of attachments that were uploaded here and belong to no message yet. */
  attachments: z.array(id).max(20).default([]),
  /** Send the same key when repeating: the message is stored once. The header Idempotency-Key does the same. */
  client_key: z.string().min(1).max(200).optional(),
  metadata: z.record(z.string().max(100), z.unknown()).optional(),
})
export type SendMessage = z.infer<typeof SendMessage>

/** What changed: the messages that are shown now, and those that are not any more. */
export const ChosenBranch = z.object({ shown: z.array(z.string()), hidden: z.array(z.string()) })
export type ChosenBranch = z.infer<typeof ChosenBranch>

/** The job that will look at it, and in how many milliseconds. */
export const Asked = z.object({ job_id: z.string(), delay_ms: z.number() })

const ConversationRef = z.strictObject({ conversationId: id })
const MessageRef = z.strictObject({ messageId: id })
const emoji = z.string().regex(/^[^\s\p{Cc}]{1,32}$/u, 'must be one emoji, or a word of at most 32 characters')

const seq = z.coerce
  .number()
  .int()
  .min(0)
  .max(2 ** 31)
export const ListMessages = z.strictObject({
  limit: z.coerce.number().int().min(1).max(200).default(20),
  /** Only what comes before this number, the newest of it. */
  before: seq.optional(),
  /** Only what comes after this number, the oldest of it. */
  after: seq.optional(),
  /** `next_cursor` of the page before: goes on in the same direction. */
  cursor: z.string().min(1).max(100).optional(),
  /** The replies under this message instead of the conversation itself. */
  thread: id.optional(),
  /** `all`: also the branches that are not shown. */
  branches: z.enum(['active', 'all']).default('active'),
})
export type ListMessages = z.infer<typeof ListMessages>

export const SearchMessages = PageQuery.extend({
  /** Words that must all occur, the last one also as the beginning of a word; "words in quotes" stand side by side; -word must not occur. */
  q: z.string().min(1).max(500),
  conversation: id.optional(),
  /** Id of a user or an agent. */
  author: id.optional(),
  from: Instant.optional(),
  to: Instant.optional(),
})
export type SearchMessages = z.infer<typeof SearchMessages>

export const Found = z.object({
  message: Message,
  conversation_title: z.string().nullable(),
  /** Plain text around the first hit; `hits` are places in it. */
  snippet: z.string(),
  hits: z.array(z.object({ start: z.int(), end: z.int() })),
})
export type Found = z.infer<typeof Found>

export const messages = {
  list: oc
    .route({ method: 'GET', path: '/conversations/{conversationId}/messages', summary: 'List the newest messages, the newest last' })
    .input(ConversationRef.extend(ListMessages.shape))
    .output(pageOf(Message)),
  send: oc
    .route({ method: 'POST', path: '/conversations/{conversationId}/messages', summary: 'Send a message', successStatus: 201 })
    .input(ConversationRef.extend(SendMessage.shape))
    .output(Message),
  get: oc.route({ method: 'GET', path: '/messages/{messageId}', summary: 'Read one message' }).input(MessageRef).output(Message),
  edit: oc
    .route({ method: 'PUT', path: '/messages/{messageId}', summary: "Change the text of one's own message" })
    .input(
      MessageRef.extend({
        content: z.string().min(1).max(contentLimit),
        /** Say it anew instead, and let agents answer: the message, and what followed it, stays as another branch. */
        branch: z.boolean().default(false),
      }),
    )
    .output(Message),
  regenerate: oc
    .route({ method: 'POST', path: '/messages/{messageId}/regenerate', summary: 'Let an agent answer again; its answer stays as another branch' })
    .input(MessageRef)
    .output(Asked),
  retry: oc
    .route({ method: 'POST', path: '/messages/{messageId}/retry', summary: 'Let an agent try again where it failed' })
    .input(MessageRef)
    .output(Asked),
  choose: oc
    .route({ method: 'POST', path: '/messages/{messageId}/choose', summary: 'Show the branch that a message stands in, and go on from its end' })
    .input(MessageRef)
    .output(ChosenBranch),
  delete: oc
    .route({ method: 'DELETE', path: '/messages/{messageId}', summary: 'Delete a message: its text is shown nowhere any more' })
    .input(MessageRef)
    .output(z.object({ id: z.string(), deleted: z.literal(true) })),
  react: oc
    .route({ method: 'PUT', path: '/messages/{messageId}/reactions/{emoji}', summary: 'React to a message' })
    .input(MessageRef.extend({ emoji }))
    .output(Message),
  unreact: oc
    .route({ method: 'DELETE', path: '/messages/{messageId}/reactions/{emoji}', summary: "Take one's reaction back" })
    .input(MessageRef.extend({ emoji }))
    .output(Message),
  pin: oc.route({ method: 'PUT', path: '/messages/{messageId}/pin', summary: 'Pin a message' }).input(MessageRef).output(Message),
  unpin: oc.route({ method: 'DELETE', path: '/messages/{messageId}/pin', summary: 'Unpin a message' }).input(MessageRef).output(Message),
  pins: oc
    .route({ method: 'GET', path: '/conversations/{conversationId}/pins', summary: 'List the pinned messages, the latest pin first' })
    .input(ConversationRef)
    .output(z.object({ items: z.array(Message), next_cursor: z.null() })),
  search: oc
    .route({ method: 'GET', path: '/search/messages', summary: 'Search the messages of all conversations that the caller sees, best first' })
    .input(SearchMessages)
    .output(pageOf(Found)),
}

export const attachments = {
  upload: oc
    .route({
      method: 'POST',
      path: '/conversations/{conversationId}/attachments',
      summary: 'Upload a file for a message that is about to be sent',
      successStatus: 201,
    })
    .input(
      ConversationRef.extend({
        name: z
          .string()
          .regex(/^[^\p{Cc}/\\]+$/u, 'must be the name of a file, without a folder')
          .max(255),
        /** Base64. The limit of a body (CADRE_BODY_LIMIT) is the limit of a file, of which Base64 takes a third. */
        content: z.string().min(1),
      }),
    )
    .output(Attachment),
  download: oc
    .route({ method: 'GET', path: '/attachments/{attachmentId}', summary: 'Download an attachment' })
    .input(z.strictObject({ attachmentId: id }))
    .output(z.file()),
}
