import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { CreateConversation, ListConversations } from '@cadre/contract/conversations'
import { ListMessages, SearchMessages, SendMessage } from '@cadre/contract/messages'
import type { PartyRef } from '@cadre/contract/participants'
import type { Logger } from 'pino'
import type { z } from 'zod'
import { type Actor, localOwner, type Role } from '../../access/actor.ts'
import { sqlQueue } from '../../jobs/sql-queue.ts'
import { Lifecycle } from '../../plugins/lifecycle/lifecycle.ts'
import type { Db } from '../../storage/database.ts'
import { loadConfig } from '../../config.ts'
import { newId } from '../../storage/ids.ts'
import { createConversation } from '../create-conversation.ts'
import { listConversations } from '../get-conversation.ts'
import { listMessages } from '../list-messages.ts'
import { LiveConversations } from '../live-conversations.ts'
import { createProject } from '../projects.ts'
import { findMessages } from '../search-messages.ts'
import { sendMessage } from '../send-message.ts'

/** Conversations on an empty database, with people and agents to put into them; without anything that agents do. */
export function newRooms(db: Db) {
  let clock = 1_700_000_000_000
  const errors: unknown[] = []
  const log = { error: (context: object) => void errors.push(context), info: () => {} } as unknown as Logger
  const app = { db, newId, now: () => clock, log, queue: sqlQueue(db), probe: () => {}, wakeWorkers: () => {} }
  const none = { invoke: () => Promise.reject(new Error('there are no hooks here')), lifecycleOf: async () => new Map() }
  const lifecycle = new Lifecycle({ ...app, hooks: none })
  const rooms = new LiveConversations(app)
  const folder = mkdtempSync(join(tmpdir(), 'cadre-rooms-'))
  const all = { ...app, rooms, lifecycle, config: loadConfig({ env: { CADRE_DATA_DIR: folder }, cwd: folder }) }
  return {
    app: all,
    errors,
    pass: (ms: number) => (clock += ms),
    person: (name: string, role: Role = 'member', workspace_id = 'default') => person(db, name, role, workspace_id),
    agent: (name: string, slug: string) => agent(db, name, slug),
    begin: (actor: Actor, input: z.input<typeof CreateConversation>) => createConversation(all, actor, CreateConversation.parse(input)),
    group: (actor: Actor, ...others: PartyRef[]) => createConversation(all, actor, CreateConversation.parse({ kind: 'group', participants: others })),
    async channel(actor: Actor, title = 'general') {
      const project = await createProject(all, actor, { name: 'P', description: null })
      return createConversation(all, actor, CreateConversation.parse({ kind: 'channel', title, project_id: project.id }))
    },
    say: (actor: Actor, conversation: { id: string }, input: string | z.input<typeof SendMessage>) =>
      sendMessage(all, actor, conversation.id, SendMessage.parse(typeof input === 'string' ? { content: input } : input)),
    messages: (actor: Actor, conversation: { id: string }, input: z.input<typeof ListMessages> = {}) =>
      listMessages(all, actor, conversation.id, ListMessages.parse(input)),
    list: (actor: Actor, input: z.input<typeof ListConversations> = {}) => listConversations(all, actor, ListConversations.parse(input)),
    find: (actor: Actor, q: string, input: Partial<z.input<typeof SearchMessages>> = {}) =>
      findMessages(all, actor, SearchMessages.parse({ q, ...input })),
    async close() {
      await rooms.close()
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type Rooms = ReturnType<typeof newRooms>

export const user = (actor: Actor): PartyRef => ({ kind: 'user', id: actor.user_id ?? '' })

async function person(db: Db, name: string, role: Role, workspace_id: string): Promise<Actor> {
  const id = newId('usr')
  const now = 1
  const nobody = { email: null, password: null, external_issuer: null, external_subject: null, disabled_at: null }
  await db.write(async (trx) => {
    await trx
      .insertInto('users')
      .values({ id, name, ...nobody, credentials_at: now, created_at: now, updated_at: now })
      .execute()
    await trx.insertInto('memberships').values({ workspace_id, user_id: id, role, created_at: now }).execute()
  })
  return { ...localOwner(), id, user_id: id, role, workspace_id }
}

async function agent(db: Db, name: string, slug: string): Promise<PartyRef> {
  const id = newId('agt')
  const rest = {
    provider: 'builtin',
    model: 'planner',
    system_prompt: 'x',
    tools: '[]',
    config: '{}',
    created_by: 'test',
    created_at: 1,
    updated_at: 1,
  }
  await db.write((trx) =>
    trx
      .insertInto('agents')
      .values({ workspace_id: 'default', id, name, slug, ...rest, is_public: 0, api_key_required: 1, allowed_api_keys: '[]' })
      .execute(),
  )
  return { kind: 'agent', id }
}

/** The next events of a stream. */
export async function take<E>(events: AsyncGenerator<E>, count: number): Promise<E[]> {
  const taken: E[] = []
  while (taken.length < count) {
    const { value, done } = await events.next()
    if (done) break
    taken.push(value)
  }
  return taken
}
