import { CreateUser } from '@cadre/contract/access'
import { CreateKey } from '@cadre/contract/credentials'
import { sql } from 'kysely'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verifyAudit } from '../../audit/verify-audit.ts'
import { databases } from '../../storage/test/databases.ts'
import { newWorld, owner, type World } from '../../test/world.ts'
import { type Actor, localOwner } from '../actor.ts'
import { eraseUser } from './erase-user.ts'
import { type ExportedRow, exportUser, type PersonalPart } from './export-user.ts'
import { madeForWorkspace, personalTables, saidTwice } from './personal-tables.ts'

describe.each(databases)('one person on $name', ({ empty }) => {
  let world: World
  let ann: Actor
  let bob: Actor
  beforeEach(async () => {
    const db = await empty()
    const { target } = db
    await db.close()
    world = await newWorld(target.kind === 'postgres' ? { database_url: target.url } : {})
    const user = async (name: string, role: 'owner' | 'member'): Promise<Actor> => {
      const { id } = await world.api.users.create(
        owner,
        CreateUser.parse({ email: `${name}@example.org`, name, password: `${name}-has-a-password`, role }),
      )
      return { ...localOwner(), id, user_id: id, role, ip: '203.0.113.9', user_agent: 'test' }
    }
    ann = await user('Ann', 'owner')
    bob = await user('Bob', 'member')
  })
  afterEach(() => world.close())

  const shared = { text: 'shared '.repeat(2_000) }
  /** Bob runs an agent himself and by a key, with a large value that is his and one that Ann has too. */
  async function live() {
    const agent = await world.agent({ is_public: true, api_key_required: false })
    const signal = AbortSignal.timeout(30_000)
    const run = async (actor: Actor, input: string, data: unknown) =>
      (await world.api.runs.start(actor, { idOrSlug: agent.id, input, data, stream: false, wait: 30 } as never, { signal })) as { run_id: string }
    const { id: key_id } = await world.api.keys.create(bob, CreateKey.parse({ name: 'Bob key' }), {})
    const key: Actor = { ...bob, kind: 'key', id: key_id }
    const mine = await run(bob, 'what Bob asked', { text: 'only Bob '.repeat(2_000) })
    // As a run in a conversation has it.
    const history = JSON.stringify([{ role: 'user', content: 'what Bob said before' }])
    await world.app.db.write((trx) => trx.updateTable('runs').set({ history }).where('id', '=', mine.run_id).execute())
    return {
      mine,
      byKey: await run(key, 'what his key asked', shared),
      anns: await run(ann, 'what Ann asked', shared),
      key_id,
    }
  }
  async function all(actor: Actor, id: string, parts: PersonalPart[] = []) {
    const rows: ExportedRow[] = []
    for await (const row of await exportUser(world.app, actor, id, parts)) rows.push(row)
    return rows
  }
  const dump = async () => {
    let text = ''
    for (const { name } of await world.app.db.read.introspection.getTables())
      text += `${name}: ${JSON.stringify((await sql`select * from ${sql.table(name)}`.execute(world.app.db.read)).rows)}\n`
    return text
  }

  test('an export has all of theirs, journals and large values too, nothing of others, and nothing that opens a door', async () => {
    const { mine, byKey, anns, key_id } = await live()
    const rows = await all(ann, bob.id)
    const of = (table: string) => rows.filter((each) => each.table === table).map(({ row }) => row)
    expect(of('users')).toMatchObject([{ id: bob.id, email: 'bob@example.org', name: 'Bob' }])
    expect(of('runs').map(({ id }) => id)).toEqual([mine.run_id, byKey.run_id])
    expect(of('run_events').length).toBeGreaterThan(3)
    expect(of('api_keys')).toMatchObject([{ id: key_id, name: 'Bob key' }])
    expect(of('audit_log').map(({ action }) => action)).toEqual(expect.arrayContaining(['users.create', 'users.export']))
    const text = rows.map((row) => JSON.stringify(row)).join('\n')
    expect(text).toContain('what Bob asked')
    expect(text).toContain('what Bob said before')
    expect(text).toContain('only Bob only Bob')
    expect(text).toContain('shared shared')
    expect(text).not.toContain(anns.run_id)
    expect(text).not.toContain('what Ann asked')
    for (const { row } of rows.filter(({ table }) => !['audit_log', 'blobs', 'runs', 'run_events'].includes(table)))
      expect(Object.keys(row)).not.toEqual(expect.arrayContaining([expect.stringMatching(/^(password|hash)$/)]))
    expect(await all(bob, bob.id)).not.toHaveLength(0)
    await expect(all(bob, ann.id)).rejects.toMatchObject({ code: 'USER_NOT_FOUND' })
    await expect(all(ann, 'usr_none')).rejects.toMatchObject({ code: 'USER_NOT_FOUND' })
  })

  test('erased, nothing leads to them any more, and what others have and the audit log stay whole', async () => {
    const { mine, byKey, anns, key_id } = await live()
    await expect(eraseUser(world.app, bob, bob.id)).rejects.toMatchObject({ code: 'FORBIDDEN' })
    expect(await eraseUser(world.app, ann, bob.id)).toEqual({ id: bob.id, erased: true })
    const text = await dump()
    for (const gone of ['what Bob asked', 'what Bob said before', 'what his key asked', 'only Bob', 'bob@example.org', '"Bob"'])
      expect(text).not.toContain(gone)
    expect(text).toContain('shared shared') // Ann has it too
    for (const { run_id } of [mine, byKey]) {
      const run = await world.api.runs.get(ann, { runId: run_id })
      expect(run).toMatchObject({ input: '[erased]', data: null, output_text: null, steps: [], model_calls: [], ip_address: null, user_agent: null })
    }
    expect(await world.api.runs.get(ann, { runId: anns.run_id })).toMatchObject({ input: 'what Ann asked', data: shared })
    expect(await world.app.db.read.selectFrom('users').selectAll().where('id', '=', bob.id).executeTakeFirst()).toMatchObject({
      email: null,
      name: '[erased]',
      password: null,
      disabled_at: expect.any(Number),
    })
    expect(text).not.toContain(`"id":"${key_id}"`)
    expect(await verifyAudit(world.app)).toMatchObject({ ok: true })
    const about = await world.api.audit.list(owner, { target: bob.id, limit: 50 })
    expect(about.items.map(({ action }) => action)).toContain('users.erase')
  })

  test('who has runs that go on, and the last owner, cannot be erased', async () => {
    await live()
    await world.app.db.write((trx) => trx.updateTable('runs').set({ status: 'running' }).where('triggered_by', '=', bob.id).execute())
    await expect(eraseUser(world.app, ann, bob.id)).rejects.toMatchObject({
      code: 'INVALID',
      message: expect.stringContaining('1 runs that have not ended'),
    })
    await expect(eraseUser(world.app, ann, ann.id)).rejects.toMatchObject({ code: 'LAST_OWNER' })
    expect(await dump()).toContain('what Bob asked')
  })

  test('what other nouns keep is handed in, exported and erased with the rest', async () => {
    const erased: string[][] = []
    const part: PersonalPart = {
      export: async function* ({ actor_ids }) {
        yield { table: 'notes', row: { of: actor_ids } }
      },
      erase: async (_trx, { actor_ids }) => void erased.push(actor_ids),
    }
    expect(await all(ann, bob.id, [part])).toContainEqual({ table: 'notes', row: { of: [bob.id] } })
    await eraseUser(world.app, ann, bob.id, [part])
    expect(erased).toEqual([[bob.id]])
  })

  test('every column that may hold the id of a person is known', async () => {
    const known = new Set([...personalTables.map(({ table, whose }) => `${table}.${whose}`), ...saidTwice, ...madeForWorkspace, ...ofConversations])
    const found = (await world.app.db.read.introspection.getTables()).flatMap(({ name, columns }) =>
      columns.map((column) => `${name}.${column.name}`).filter((each) => /\.(user_id|\w+_by|author_id|participant_id|actor_id)$/.test(each)),
    )
    expect(found.filter((each) => !known.has(each))).toEqual([])
  })
})

/** The part of conversations is handed in by whoever builds it. */
const ofConversations = [
  'attachments.created_by',
  'conversations.created_by',
  'mentions.participant_id',
  'messages.author_id',
  'participants.participant_id',
  'pins.pinned_by',
  'projects.created_by',
  'reactions.participant_id',
]
