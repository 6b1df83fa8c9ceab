import { ListAudit } from '@cadre/contract/audit'
import { SetRetention } from '@cadre/contract/server'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { verifyAudit } from './audit/verify-audit.ts'
import { sweep } from './retention.ts'
import { databaseUrls } from './storage/test/databases.ts'
import { newWorld, owner, stranger, type World } from './test/world.ts'

const day = 86_400_000

describe.each(databaseUrls)('retention as it is set here, on $name', ({ url }) => {
  let world: World
  let later = 0
  beforeEach(async () => {
    later = 0
    world = await newWorld({ database_url: await url(), now: () => Date.now() + later, env: { CADRE_RUN_DAYS: '30' } })
  })
  afterEach(() => world.close())

  const set = (wanted: object) => world.api.server.setRetention(owner, SetRetention.parse(wanted))
  const never = () => ({ days: null, at: -Infinity })
  const isThere = async (runId: string) =>
    world.api.runs.get(owner, { runId }).then(
      () => true,
      () => false,
    )

  test('what is stored holds over what is configured, which is seen beside it and comes back', async () => {
    expect(await world.api.server.retention(owner)).toEqual({
      runs: { days: 30, source: 'configured', configured: 30, set_by: null, set_at: null },
      audit: { days: null, source: 'default', configured: null, set_by: null, set_at: null },
    })
    const { runs, audit } = await set({ runs: null, audit: 400 })
    expect(runs).toMatchObject({ days: null, source: 'stored', configured: 30, set_by: owner.id })
    expect(audit).toMatchObject({ days: 400, source: 'stored', configured: null })
    expect((await world.api.server.settings(owner)).retention).toMatchObject({ runs: null, audit: 400 })
    // What is not named stays.
    expect(await set({ runs: 'configured' })).toMatchObject({ runs: { days: 30, source: 'configured', set_by: null }, audit: { days: 400 } })
    const { items } = await world.api.audit.list(owner, ListAudit.parse({ action: 'server.retention' }))
    expect(items.map(({ detail }) => detail)).toEqual([
      { runs: { from: null, to: 30, source: 'configured' } },
      { runs: { from: 30, to: null, source: 'stored' }, audit: { from: null, to: 400, source: 'stored' } },
    ])
    await expect(world.api.server.setRetention(stranger, SetRetention.parse({ runs: 1 }))).rejects.toMatchObject({ code: 'UNAUTHORIZED' })
  })

  test('a dry run says what would go and changes nothing; the sweep takes what is stored', async () => {
    const agent = await world.agent()
    const old = await world.run(agent)
    later = 10 * day
    const young = await world.run(agent)
    const logged = (await world.api.audit.list(owner, ListAudit.parse({ limit: 200 }))).items
    const before = await set({ runs: 5, audit: 5, dry_run: true })
    expect(before).toMatchObject({ dry_run: true, runs: { days: 5, source: 'stored', set_at: null } })
    expect(before.deletes).toEqual({ runs: { count: 1, more: false }, audit: { count: expect.any(Number), more: false } })
    expect(before.deletes.audit.count).toBe(logged.filter(({ at }) => Date.parse(at) < Date.now() + 5 * day).length)
    expect(before.deletes.audit.count).toBeGreaterThan(0)
    expect(await world.api.server.retention(owner)).toMatchObject({ runs: { days: 30, source: 'configured' } })
    const last = never()
    await sweep(world.app, last)
    expect(await isThere(old.run_id)).toBe(true)

    // Within the same day, since the days are others now.
    expect((await set({ runs: 5, audit: 5 })).deletes.runs).toEqual({ count: 1, more: false })
    await sweep(world.app, last)
    expect([await isThere(old.run_id), await isThere(young.run_id)]).toEqual([false, true])
    const { items } = await world.api.audit.list(owner, ListAudit.parse({ limit: 200 }))
    expect(items.every(({ at }) => Date.parse(at) >= Date.now() + 5 * day)).toBe(true)
    expect(items.map(({ action }) => action)).toEqual(expect.arrayContaining(['audit.prune', 'runs.prune', 'server.retention']))
    expect(await verifyAudit(world.app)).toMatchObject({ ok: true })
    expect((await set({ runs: 5, audit: 5, dry_run: true })).deletes).toMatchObject({ runs: { count: 0 }, audit: { count: 0 } })
  })

  test('for ever keeps what the configuration would delete', async () => {
    const { run_id } = await world.run(await world.agent())
    later = 40 * day
    expect((await set({ runs: 30, dry_run: true })).deletes.runs.count).toBe(1)
    await set({ runs: null })
    await sweep(world.app, never())
    expect(await isThere(run_id)).toBe(true)
    await set({ runs: 'configured' })
    await sweep(world.app, never())
    expect(await isThere(run_id)).toBe(false)
  })
})

test.each([
  [{ runs: 0 }],
  [{ runs: 1.5 }],
  [{ audit: -1 }],
  [{ audit: '7' }],
  [{ runs: 100_001 }],
  [{}],
  [{ dry_run: true }],
  [{ runs: 7, messages: 7 }],
])('%j is refused', (wanted) => {
  expect(SetRetention.safeParse(wanted).success).toBe(false)
})
