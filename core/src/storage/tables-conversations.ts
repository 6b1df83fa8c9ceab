import type { Generated } from 'kysely'

/** Who talks where, and what was said: a part of tables.ts. */
export type ConversationTables = {
  projects: ProjectsTable
  conversations: ConversationsTable
  participants: ParticipantsTable
  messages: MessagesTable
  reactions: { message_id: string; emoji: string; kind: string; participant_id: string; created_at: number }
  pins: { message_id: string; conversation_id: string; pinned_by: string; created_at: number }
  mentions: { message_id: string; kind: string; participant_id: string }
  attachments: AttachmentsTable
  /** By the SHA-256 of the bytes. */
  attachment_files: { hash: string; content: Uint8Array }
  llm_messages: { id: string; message_id: string; role: string; content: string; created_at: number }
  message_jobs: MessageJobsTable
  /** What the data refers to is read when the event is given out: conversations/show-events.ts. */
  conversation_events: { pos: Generated<number>; conversation_id: string; seq: number; type: string; at: number; data: string }
}

type ProjectsTable = {
  id: string
  workspace_id: string
  name: string
  description: string | null
  created_by: string
  created_at: number
  updated_at: number
  deleted_at: number | null
}

type ConversationsTable = {
  id: string
  workspace_id: string
  kind: string
  project_id: string | null
  title: string | null
  topic: string | null
  policy: string
  /** Of a DM: its two participants in order, by which it is found again. */
  pair: string | null
  /** Where it was imported from, and its id there. */
  import_key: string | null
  created_by: string
  created_at: number
  updated_at: number
  last_seq: number
  last_event: number
  last_message_at: number | null
  /** When a message was last sent, else when it was created: what lists are sorted by. */
  active_at: number
  /** As in the policy, for whoever looks for what is due. */
  retention_days: number | null
  deleted_at: number | null
}

type ParticipantsTable = {
  conversation_id: string
  kind: string
  participant_id: string
  role: string
  joined_at: number
  left_at: number | null
  last_read_seq: number
  muted: number
}

type MessagesTable = {
  num: Generated<number>
  id: string
  conversation_id: string
  seq: number
  author_kind: string
  author_id: string
  content: string
  status: string
  thread_id: string | null
  parent_id: string | null
  active: number
  run_id: string | null
  hop: number
  metadata: string | null
  client_key: string | null
  created_at: number
  updated_at: number
  edited_at: number | null
  deleted_at: number | null
}

type AttachmentsTable = {
  id: string
  conversation_id: string
  message_id: string | null
  name: string
  media_type: string
  bytes: number
  hash: string
  created_by: string
  created_at: number
}

type MessageJobsTable = {
  message_id: string
  agent_id: string
  conversation_id: string
  job_id: string
  run_id: string | null
  /** The API key that it was asked with; it pays, and `allowed_api_keys` of the agent must let it. */
  key_id: Generated<string | null>
  status: string
  created_at: number
  updated_at: number
}
