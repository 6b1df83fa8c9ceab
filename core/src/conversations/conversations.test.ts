import type { Conversation } from '@cadre/contract/conversations'
import { beforeEach, afterEach, describe, expect, test } from 'vitest'
import type { Actor } from '../access/actor.ts'
import { publicActor, systemActor } from '../access/actor.ts'
import { databases } from '../storage/test/databases.ts'
import { putGrant } from '../access/grants/grants.ts'
import { followAll } from './follow-all.ts'
import { getConversation } from './get-conversation.ts'
import { addParticipant, listParticipants, muteConversation, removeParticipant } from './participants.ts'
import { createProject, deleteProject, getProject, listProjects, updateProject } from './projects.ts'
import { countUnread, markRead } from './read-state.ts'
import { newRooms, type Rooms, take, user } from './test/room-world.ts'
import { deleteConversation, updateConversation } from './update-conversation.ts'
import { deleteMessage } from './edit-message.ts'

describe.each(databases)('conversations on $name', ({ empty }) => {
  let rooms: Rooms
  let ana: Actor
  let bob: Actor
  let helper: { kind: 'user' | 'agent'; id: string }
  beforeEach(async () => {
    rooms = newRooms(await empty())
    ana = await rooms.person('Ana Souza')
    bob = await rooms.person('Bob')
    helper = await rooms.agent('Helper', 'helper')
  })
  afterEach(async () => {
    await rooms.close()
    await rooms.app.db.close()
  })

  test('a DM with an agent, by its slug; beginning it again gives the same', async () => {
    const dm = await rooms.begin(ana, { kind: 'dm', participants: [{ kind: 'agent', id: 'helper' }] })
    expect(dm).toMatchObject({
      kind: 'dm',
      project_id: null,
      unread: 0,
      last_seq: 0,
      last_message: null,
      policy: { debounce_ms: 2000, turns: 'queue', context_messages: 20 },
    })
    expect(dm.participants.map(({ kind, name, slug, role }) => [kind, name, slug, role])).toEqual([
      ['agent', 'Helper', 'helper', 'member'],
      ['user', 'Ana Souza', null, 'owner'],
    ])
    const again = await Promise.all([1, 2, 3].map(() => rooms.begin(ana, { kind: 'dm', participants: [helper] })))
    expect(again.map((each) => each.id)).toEqual([dm.id, dm.id, dm.id])
    const pair = await Promise.all([
      rooms.begin(ana, { kind: 'dm', participants: [user(bob)] }),
      rooms.begin(bob, { kind: 'dm', participants: [user(ana)] }),
    ])
    expect(pair[0].id).toBe(pair[1].id)
    await deleteConversation(rooms.app, ana, dm.id)
    expect((await rooms.begin(ana, { kind: 'dm', participants: [helper] })).id).not.toBe(dm.id)
  })

  test.each([
    [{ kind: 'dm' as const }, 'participants', 'INVALID'],
    [{ kind: 'group' as const }, 'participants', 'INVALID'],
    [{ kind: 'channel' as const, title: 'x' }, 'project_id', 'INVALID'],
    [{ kind: 'dm' as const, participants: [{ kind: 'user' as const, id: 'usr_nobody' }] }, 'participants[0].id', 'USER_NOT_FOUND'],
  ])('%j is refused at %s', async (input, path, code) => {
    await expect(rooms.begin(ana, input)).rejects.toMatchObject({ code, issues: [{ path }] })
  })

  test('an agent that is not there, and a project that is not', async () => {
    await expect(rooms.begin(ana, { kind: 'dm', participants: [{ kind: 'agent', id: 'nobody' }] })).rejects.toMatchObject({ code: 'AGENT_NOT_FOUND' })
    await expect(rooms.begin(ana, { kind: 'channel', title: 'x', project_id: 'prj_no' })).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' })
  })

  test('who sees what: a group only those in it and admins, a channel everybody', async () => {
    const admin = await rooms.person('Root', 'admin')
    const group = await rooms.group(ana, helper)
    const channel = await rooms.channel(ana)
    await expect(getConversation(rooms.app, bob, group.id)).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    expect((await getConversation(rooms.app, bob, channel.id)).title).toBe('general')
    expect((await getConversation(rooms.app, admin, group.id)).id).toBe(group.id)
    expect((await getConversation(rooms.app, systemActor, group.id)).id).toBe(group.id)
    await expect(getConversation(rooms.app, publicActor(), channel.id)).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    await expect(rooms.say(bob, group, 'hi')).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    await expect(rooms.say(admin, group, 'hi')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await expect(updateConversation(rooms.app, bob, channel.id, { title: 'x' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect((await rooms.list(bob)).items.map((each) => each.id)).toEqual([channel.id])
    expect((await rooms.list(admin)).items.map((each) => each.id)).toEqual([channel.id])
    expect((await rooms.list(admin, { scope: 'all' })).items).toHaveLength(2)
    await expect(rooms.list(bob, { scope: 'all' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test('a grant opens what the role does not; a key for single agents sees their conversations only', async () => {
    const group = await rooms.group(ana, helper)
    const project = await createProject(rooms.app, ana, { name: 'P', description: null })
    await rooms.begin(ana, { kind: 'channel', title: 'c', project_id: project.id })
    const grant = (level: 'view' | 'run' | 'edit') =>
      putGrant(rooms.app, ana, { resource_type: 'conversation', resource_id: group.id, user_id: bob.user_id!, level })
    await grant('view')
    expect((await getConversation(rooms.app, bob, group.id)).id).toBe(group.id)
    await expect(rooms.say(bob, group, 'x')).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await grant('run')
    expect((await rooms.say(bob, group, 'x')).seq).toBe(1)
    await expect(updateConversation(rooms.app, bob, group.id, { title: 'x' })).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await grant('edit')
    expect((await updateConversation(rooms.app, bob, group.id, { title: 'x' })).title).toBe('x')

    const key = { ...ana, kind: 'key' as const, agents: [helper.id] }
    const both = await rooms.group(ana, helper, await rooms.agent('Other', 'other'))
    await rooms.say(ana, both, 'x both')
    await rooms.say(ana, group, 'x group')
    expect((await rooms.list(key)).items.map((each) => each.id)).toEqual([group.id])
    expect((await rooms.find(key, 'x')).items.map((each) => each.message.content)).toEqual(expect.not.arrayContaining(['x both']))
    await expect(getConversation(rooms.app, key, both.id)).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    const leaving = new AbortController()
    const events = await followAll(rooms.app, key, { signal: leaving.signal })
    await rooms.say(ana, both, 'for others')
    await rooms.say(ana, group, 'for the key')
    expect((await take(events, 1))[0]).toMatchObject({ message: { content: 'for the key' } })
    leaving.abort()
    expect((await rooms.list({ ...key, agents: [] })).items).toEqual([])
  })

  test('people come and go; who writes in a channel has joined it', async () => {
    const group = await rooms.group(ana, helper)
    await expect(addParticipant(rooms.app, bob, group.id, user(bob))).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    await rooms.say(ana, group, 'before')
    expect(await addParticipant(rooms.app, ana, group.id, user(bob))).toMatchObject({ name: 'Bob', role: 'member', last_read_seq: 1 })
    expect(await addParticipant(rooms.app, ana, group.id, user(bob))).toMatchObject({ name: 'Bob' })
    await expect(addParticipant(rooms.app, bob, group.id, helper)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect((await muteConversation(rooms.app, bob, group.id, true)).muted).toBe(true)
    await removeParticipant(rooms.app, bob, group.id, user(bob))
    await expect(getConversation(rooms.app, bob, group.id)).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
    await expect(removeParticipant(rooms.app, ana, group.id, user(bob))).rejects.toMatchObject({ code: 'PARTICIPANT_NOT_FOUND' })
    const channel = await rooms.channel(ana)
    await rooms.say(bob, channel, 'hello')
    expect((await listParticipants(rooms.app, ana, channel.id)).items.map((each) => each.name)).toEqual(['Ana Souza', 'Bob'])
    const dm = await rooms.begin(ana, { kind: 'dm', participants: [helper] })
    await expect(addParticipant(rooms.app, ana, dm.id, user(bob))).rejects.toMatchObject({ code: 'INVALID' })
    await expect(removeParticipant(rooms.app, ana, dm.id, helper)).rejects.toMatchObject({ code: 'INVALID' })
  })

  test('unread is what others wrote since, without what was deleted', async () => {
    const group = await rooms.group(ana, user(bob))
    const unread = async () => [(await getConversation(rooms.app, ana, group.id)).unread, (await getConversation(rooms.app, bob, group.id)).unread]
    const said = []
    for (const text of ['1', '2', '3', '4']) said.push(await rooms.say(ana, group, text))
    expect(await unread()).toEqual([0, 4])
    await deleteMessage(rooms.app, ana, said[1]!.id)
    expect(await unread()).toEqual([0, 3])
    expect(await markRead(rooms.app, bob, group.id, 3)).toEqual({ last_read_seq: 3, unread: 1 })
    expect(await markRead(rooms.app, bob, group.id, 1)).toEqual({ last_read_seq: 3, unread: 1 })
    expect(await markRead(rooms.app, bob, group.id, 99)).toEqual({ last_read_seq: 4, unread: 0 })
    await rooms.say(bob, group, '5')
    expect(await unread()).toEqual([1, 0])
    expect((await getConversation(rooms.app, ana, group.id)).last_message).toMatchObject({ content: '5', author_name: 'Bob' })
    await expect(markRead(rooms.app, await rooms.person('Root', 'owner'), group.id, 1)).rejects.toMatchObject({ code: 'FORBIDDEN' })
  })

  test('what is unread is counted over all conversations but the muted, those left and those of others', async () => {
    const cleo = await rooms.person('Cleo')
    const count = () => countUnread(rooms.app, cleo)
    expect(await count()).toEqual({ messages: 0, conversations: 0 })
    const groups = []
    for (let i = 0; i < 60; i++) groups.push(await rooms.group(ana, user(cleo)))
    const [first, second, third] = groups as [Conversation, Conversation, Conversation]
    for (const group of groups) await rooms.say(ana, group, 'news')
    const [, more] = [await rooms.say(ana, first, 'more'), await rooms.say(ana, first, 'and more')]
    expect(await count()).toEqual({ messages: 62, conversations: 60 })
    await deleteMessage(rooms.app, ana, more.id)
    expect(await count()).toEqual({ messages: 61, conversations: 60 })
    await markRead(rooms.app, cleo, second.id, 1)
    expect(await count()).toEqual({ messages: 60, conversations: 59 })
    await muteConversation(rooms.app, cleo, first.id, true)
    await removeParticipant(rooms.app, cleo, third.id, user(cleo))
    await deleteConversation(rooms.app, ana, groups[3]!.id)
    expect(await count()).toEqual({ messages: 56, conversations: 56 })
    // Where she does not take part, nothing waits for her; what she wrote she has read.
    const channel = await rooms.channel(ana)
    await rooms.say(ana, channel, 'to all')
    expect(await count()).toEqual({ messages: 56, conversations: 56 })
    await rooms.say(cleo, channel, 'hello')
    await rooms.say(ana, channel, 'hello Cleo')
    expect(await count()).toEqual({ messages: 57, conversations: 57 })
    expect(await countUnread(rooms.app, { ...cleo, agents: [] })).toEqual({ messages: 0, conversations: 0 })
    expect(await countUnread(rooms.app, { ...cleo, workspace_id: 'wsp_other' })).toEqual({ messages: 0, conversations: 0 })
  })

  test('lists page by the last activity', async () => {
    const made: { id: string }[] = []
    for (let i = 0; i < 5; i++) {
      made.push(await rooms.group(ana, helper))
      rooms.pass(10)
    }
    await rooms.say(ana, made[1]!, 'now')
    const wanted = [1, 4, 3, 2, 0].map((i) => made[i]!.id)
    const seen: string[] = []
    for (let cursor: string | undefined; ;) {
      const page = await rooms.list(ana, { limit: 2, ...(cursor ? { cursor } : {}) })
      seen.push(...page.items.map((each) => each.id))
      if (page.next_cursor === null) break
      cursor = page.next_cursor
    }
    expect(seen).toEqual(wanted)
    expect((await rooms.list(ana, { agent: 'helper', kind: 'group' })).items).toHaveLength(5)
    expect((await rooms.list(ana, { kind: 'dm' })).items).toEqual([])
    for (const cursor of ['x', 'eA', Buffer.from('1:cnv_x').toString('base64url')])
      await expect(rooms.list(ana, { cursor })).rejects.toMatchObject({ code: 'BAD_REQUEST', issues: [{ path: 'cursor' }] })
  })

  test('title, topic and policy change one by one', async () => {
    const group = await rooms.group(ana, helper)
    await updateConversation(rooms.app, ana, group.id, { title: 'Plans', policy: { debounce_ms: 0, language: 'pt-BR' } })
    const changed = await updateConversation(rooms.app, ana, group.id, { topic: 'what to do' })
    expect(changed).toMatchObject({ title: 'Plans', topic: 'what to do', policy: { debounce_ms: 0, language: 'pt-BR', max_hops: 4 } })
    const channel = await rooms.channel(ana)
    await expect(updateConversation(rooms.app, ana, channel.id, { title: null })).rejects.toMatchObject({
      code: 'INVALID',
      issues: [{ path: 'title' }],
    })
  })

  test('projects; deleting one takes its channels along', async () => {
    const project = await createProject(rooms.app, ana, { name: 'One', description: null })
    const channel = await rooms.begin(ana, { kind: 'channel', title: 'dev', project_id: project.id })
    expect(await updateProject(rooms.app, ana, project.id, { description: 'd' })).toMatchObject({ name: 'One', description: 'd' })
    expect((await rooms.list(bob, { project: project.id })).items.map((each) => each.title)).toEqual(['dev'])
    await expect(deleteProject(rooms.app, bob, project.id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    await createProject(rooms.app, bob, { name: 'Two', description: null })
    const first = await listProjects(rooms.app, ana, { limit: 1 })
    expect(first.items.map((each) => each.name)).toEqual(['Two'])
    expect((await listProjects(rooms.app, ana, { limit: 1, cursor: first.next_cursor! })).items.map((each) => each.name)).toEqual(['One'])
    await deleteProject(rooms.app, ana, project.id)
    await expect(getProject(rooms.app, ana, project.id)).rejects.toMatchObject({ code: 'PROJECT_NOT_FOUND' })
    await expect(getConversation(rooms.app, ana, channel.id)).rejects.toMatchObject({ code: 'CONVERSATION_NOT_FOUND' })
  })
})
