import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { Db } from '../../storage/database.ts'
import { newId } from '../../storage/ids.ts'
import { databases } from '../../storage/test/databases.ts'
import { localOwner } from '../actor.ts'
import { authorize } from '../policies.ts'
import { listPeople } from './list-people.ts'

describe.each(databases)('the people of a workspace on $name', ({ empty }) => {
  let db: Db
  beforeEach(async () => {
    db = await empty()
    await person('Ana Silva')
    await person('Érica 100%_')
    await person('Bob\\', { disabled_at: 5 })
    await person('Bruno')
    await person('Ana Elsewhere', { workspace_id: 'other' })
  })
  afterEach(() => db.close())

  async function person(name: string, { workspace_id = 'default', disabled_at = null as number | null } = {}) {
    const id = newId('usr')
    const user = { email: `${id}@example.org`, password: null, external_issuer: null, external_subject: null }
    await db.write(async (trx) => {
      await trx
        .insertInto('users')
        .values({ id, name, ...user, disabled_at, credentials_at: 1, created_at: 1, updated_at: 1 })
        .execute()
      await trx.insertInto('memberships').values({ workspace_id, user_id: id, role: 'member', created_at: 1 }).execute()
    })
  }
  const member = { ...localOwner(), role: 'member' as const }
  const list = async (q?: string) => (await listPeople({ db }, member, { q, limit: 50 })).items.map(({ name }) => name)

  test('are listed with their names alone, without the disabled and those of other workspaces', async () => {
    const { items, next_cursor } = await listPeople({ db }, member, { limit: 50 })
    expect(items.map(({ name }) => name)).toEqual(['Bruno', 'Érica 100%_', 'Ana Silva'])
    expect(items.every((item) => Object.keys(item).toSorted().join() === 'id,name')).toBe(true)
    expect(next_cursor).toBeNull()
    expect((await listPeople({ db }, { ...member, workspace_id: 'other' }, { limit: 50 })).items).toMatchObject([{ name: 'Ana Elsewhere' }])
  })

  test('are found by a part of the name, whatever its case, and come page by page', async () => {
    expect(await list('SILVA')).toEqual(['Ana Silva'])
    expect(await list('érica')).toEqual(['Érica 100%_'])
    expect(await list('%_')).toEqual(['Érica 100%_'])
    expect(await list('\\')).toEqual([])
    expect(await list('n')).toEqual(['Bruno', 'Ana Silva'])
    const first = await listPeople({ db }, member, { q: 'n', limit: 1 })
    expect(first.items).toMatchObject([{ name: 'Bruno' }])
    const second = await listPeople({ db }, member, { q: 'n', limit: 1, cursor: first.next_cursor ?? '' })
    expect(second).toMatchObject({ items: [{ name: 'Ana Silva' }], next_cursor: null })
  })
})

test('members may list them; viewers and keys that are for single agents may not', () => {
  authorize({ ...localOwner(), role: 'member' }, 'people.list')
  expect(() => authorize({ ...localOwner(), role: 'viewer' }, 'people.list')).toThrow('needs the role member')
  expect(() => authorize({ ...localOwner(), role: 'member', agents: ['agt_1'] }, 'people.list')).toThrow('for single agents only')
})
