import type { Conversation } from '@cadre/contract/conversations'
import type { Attachment, Message } from '@cadre/contract/messages'
import type { CadreError } from '@cadre/contract/errors'

/** What an agent is about: `queued` until its turn comes, then what its run does or waits for. */
export type AnswerStage = 'queued' | 'thinking' | 'writing' | 'tool' | 'approval' | 'retry' | 'budget' | 'uncertain'

/** An answer that is no message yet. */
export type ChatAnswer = {
  /** The same as long as it is shown. */
  key: string
  /** Null where nobody is chosen yet. */
  agent_id: string | null
  run_id: string | null
  /** The thread in which it will stand. */
  thread_id: string | null
  stage: AnswerStage
  /** The tool that it uses, or the server's words for what it waits for. */
  note: string | null
  text: string
  reasoning: string
  since: number
}

/** A message of one's own that the server has not confirmed. */
export type PendingMessage = {
  key: string
  content: string
  thread_id: string | null
  parent_id: string | null
  attachments: Attachment[]
  /** Why it was not taken; null while it is sent. A server that is away is no reason: it is sent when it is back. */
  error: CadreError | null
  at: string
}

export type MessagePage = {
  /** By their numbers, those of branches that are not shown among them (`active` is false). */
  messages: Message[]
  hasOlder: boolean
  isLoading: boolean
}

export type ChatState = {
  /** Who asks, as messages name it. */
  me: string
  /** Null while it is loaded for the first time. */
  conversation: Conversation | null
  /** What was said in the conversation itself. */
  page: MessagePage
  /** The threads that were opened, by the id of their first message. */
  threads: Readonly<Record<string, MessagePage>>
  answers: ChatAnswer[]
  pending: PendingMessage[]
  /** Ids of the people who write something now. */
  typing: string[]
  /** Up to where one had read when the conversation was opened: above which message "new" begins. */
  unreadAfter: number
  /** `away`: the server does not answer, and is asked again and again. `closed`: it was deleted, or one was removed from it. */
  connection: 'connecting' | 'live' | 'away' | 'closed'
  /** Why it cannot be followed; null while it can. */
  error: unknown
}

export const noPage: MessagePage = { messages: [], hasOlder: false, isLoading: true }

/** A conversation of which nothing is known yet. */
export const nothingYet: ChatState = {
  me: '',
  conversation: null,
  page: noPage,
  threads: {},
  answers: [],
  pending: [],
  typing: [],
  unreadAfter: 0,
  connection: 'connecting',
  error: null,
}
