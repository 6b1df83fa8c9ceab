import { expect, test } from 'vitest'
import type { Db } from '../storage/database.ts'
import { databases } from '../storage/test/databases.ts'
import { type Actor, localOwner, type Role } from './actor.ts'
import { putGrantRow } from './grants/grants.store.ts'
import { permissionsOf } from './permissions.ts'

test.each(databases)('what somebody may call is told by role, and by grants on single agents, on $name', async ({ empty }) => {
  const db = await empty()
  const as = (role: Role, more: Partial<Actor> = {}): Actor => ({ ...localOwner(), user_id: 'usr_ana', role, ...more })
  const of = (role: Role, more: Partial<Actor> = {}) => permissionsOf({ db }, as(role, more))
  expect(await of('owner')).toMatchObject({ calls: expect.arrayContaining(['agents.create', 'users.erase']), on_agents: {} })
  expect((await of('owner', { workspace_id: 'wsp_lab' })).calls).not.toContain('users.erase')
  const viewer = await of('viewer')
  expect(viewer.calls).toEqual(expect.arrayContaining(['agents.list', 'conversations.read']))
  for (const call of ['runs.start', 'messages.send', 'agents.update', 'metrics.agent']) expect(viewer.calls).not.toContain(call)
  await grant(db, 'agt_run', 'run')
  await grant(db, 'agt_edit', 'edit')
  await grant(db, 'agt_view', 'view')
  await grant(db, 'cnv_one', 'run', 'conversation')
  const started = ['runs.cancel', 'runs.cancelMany', 'runs.fork', 'runs.resolve', 'runs.retry', 'runs.start']
  const edited = ['agents.rollBack', 'agents.update', 'metrics.agent']
  const { on_agents, on_rooms, calls } = await of('viewer')
  expect(on_rooms).toEqual({ cnv_one: 'run' })
  expect(calls).toEqual(viewer.calls)
  expect(Object.keys(on_agents).sort()).toEqual(['agt_edit', 'agt_run'])
  expect(on_agents.agt_run?.toSorted()).toEqual(started)
  expect(on_agents.agt_edit?.toSorted()).toEqual([...edited, 'approvals.decide', ...started].sort())
  // A member may start runs anyway.
  const member = await of('member')
  expect(member.calls).toEqual(expect.arrayContaining(started))
  expect(Object.entries(member.on_agents).map(([id, more]) => [id, more.toSorted()])).toEqual([['agt_edit', edited]])
  // A key has no more than its scopes and its agents.
  expect(await of('viewer', { scopes: ['agents:write'], agents: ['agt_edit'] })).toMatchObject({
    on_agents: { agt_edit: ['agents.update', 'agents.rollBack'] },
  })
  expect((await of('viewer', { agents: ['agt_run'] })).on_agents).not.toHaveProperty('agt_edit')
  await db.close()
})

function grant(db: Db, resource_id: string, level: 'view' | 'run' | 'edit', resource_type: 'agent' | 'conversation' = 'agent') {
  const row = { workspace_id: 'default', resource_type, resource_id, user_id: 'usr_ana', level, created_by: 'local', created_at: 1 } as const
  return db.write((trx) => putGrantRow(trx, row))
}
