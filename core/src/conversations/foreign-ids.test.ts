import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { contract } from '@cadre/contract'
import { isContractProcedure } from '@orpc/contract'
import { type Actor, systemActor } from '../access/actor.ts'
import { buildApi } from '../api.ts'
import type { App } from '../app.ts'
import { databases } from '../storage/test/databases.ts'
import { newRooms, type Rooms, user } from './test/room-world.ts'

type Verb = (actor: Actor, input: Record<string, unknown>, extra: { signal: AbortSignal }) => Promise<unknown>
const groups = ['projects', 'conversations', 'messages', 'attachments'] as const

/** Every endpoint with an id in its path, by the name of that field. */
const withIds = groups.flatMap((group) =>
  Object.entries(contract[group]).flatMap(([name, entry]) => {
    if (!isContractProcedure(entry)) return []
    const field = /\{(projectId|conversationId|messageId|attachmentId)\}/.exec(entry['~orpc'].route.path ?? '')?.[1]
    return field ? [{ group, name, field }] : []
  }),
)

/** What else each call needs in order to get as far as the id. */
const inputs: Record<string, object> = {
  'projects.update': { name: 'x' },
  'conversations.update': { title: 'x' },
  'conversations.addParticipant': { kind: 'user', id: 'usr_1' },
  'conversations.removeParticipant': { kind: 'user', id: 'usr_1' },
  'conversations.read': { seq: 1 },
  'conversations.mute': { muted: true },
  'conversations.export': { format: 'json' },
  'messages.list': { limit: 5, branches: 'all' },
  'messages.send': { content: 'x', attachments: [] },
  'messages.edit': { content: 'x' },
  'messages.react': { emoji: 'x' },
  'messages.unreact': { emoji: 'x' },
  'attachments.upload': { name: 'x', content: 'eA==' },
}
const codes: Record<string, string> = {
  projectId: 'PROJECT_NOT_FOUND',
  conversationId: 'CONVERSATION_NOT_FOUND',
  messageId: 'MESSAGE_NOT_FOUND',
  attachmentId: 'ATTACHMENT_NOT_FOUND',
}

describe.each(databases)('ids of another workspace on $name', ({ empty }) => {
  let rooms: Rooms
  let ids: Record<string, string>
  let ana: Actor
  let strangers: Actor[]
  beforeEach(async () => {
    rooms = newRooms(await empty())
    ana = await rooms.person('Ana', 'owner')
    const bob = await rooms.person('Bob')
    const channel = await rooms.channel(ana)
    const api = buildApi(rooms.app as unknown as App)
    const file = await api.attachments.upload(ana, { conversationId: channel.id, name: 'a.txt', content: 'eA==' })
    const message = await rooms.say(ana, channel, { content: 'x', attachments: [file.id] })
    await rooms.begin(ana, { kind: 'dm', participants: [user(bob)] })
    ids = { projectId: channel.project_id!, conversationId: channel.id, messageId: message.id, attachmentId: file.id }
    const stranger = await rooms.person('Eve', 'owner', 'other')
    strangers = [stranger, { ...stranger, user_id: ana.user_id }, { ...systemActor, workspace_id: 'other' }]
  })
  afterEach(async () => {
    await rooms.close()
    await rooms.app.db.close()
  })

  test('look missing in every call', async () => {
    const api = buildApi(rooms.app as unknown as App) as unknown as Record<string, Record<string, Verb>>
    expect(withIds.length).toBeGreaterThan(25)
    for (const { group, name, field } of withIds) {
      for (const stranger of strangers.filter((each) => each.kind !== 'system' || !/mute|read|upload|react|pin|typing/.test(name))) {
        const call = api[group]![name]!(stranger, { [field]: ids[field], ...inputs[`${group}.${name}`] }, { signal: AbortSignal.timeout(20_000) })
        await expect(call, `${group}.${name} by ${stranger.kind}`).rejects.toMatchObject({ code: codes[field], status: 404 })
      }
    }
  })

  test('and as fields of what is one’s own', async () => {
    const stranger = strangers[0]!
    const own = await rooms.channel(stranger)
    await expect(rooms.begin(stranger, { kind: 'channel', title: 'x', project_id: ids.projectId })).rejects.toMatchObject({
      code: 'PROJECT_NOT_FOUND',
    })
    await expect(rooms.begin(stranger, { kind: 'dm', participants: [user(ana)] })).rejects.toMatchObject({ code: 'USER_NOT_FOUND' })
    await expect(rooms.say(stranger, own, { content: 'x', thread_id: ids.messageId })).rejects.toMatchObject({ code: 'MESSAGE_NOT_FOUND' })
    await expect(rooms.say(stranger, own, { content: 'x', parent_id: ids.messageId })).rejects.toMatchObject({ code: 'MESSAGE_NOT_FOUND' })
    await expect(rooms.say(stranger, own, { content: 'x', attachments: [ids.attachmentId!] })).rejects.toMatchObject({ code: 'INVALID' })
    await expect(rooms.messages(stranger, own, { thread: ids.messageId })).rejects.toMatchObject({ code: 'MESSAGE_NOT_FOUND' })
    await expect(rooms.find(stranger, 'x', { conversation: ids.conversationId })).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    await expect(rooms.list(stranger, { project: ids.projectId })).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' })
    expect((await rooms.find(stranger, 'x')).items).toEqual([])
    expect((await rooms.list(stranger, { scope: 'all' })).items.map((each) => each.id)).toEqual([own.id])
  })
})
