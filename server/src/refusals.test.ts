import { freePort } from '@cadre/core/test/free-port'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { startOwned, withOwner } from './test/real-cadre.ts'

type Server = Awaited<ReturnType<typeof withOwner>>

describe.each(['SQLite', 'Postgres'] as const)('what is written down and given out, on %s', (kind) => {
  let server: Server
  beforeAll(async () => {
    server = await withOwner(kind)
  })
  afterAll(() => server.stop())

  test('wrong keys and forbidden calls stand in the audit log, once a minute for each caller', async () => {
    const { boss, at, as } = server
    const viewer = await as('viewer')
    for (let i = 0; i < 3; i++) {
      expect((await at({ 'x-api-key': `cdr_abcdefgh_${'x'.repeat(32)}` })('GET', 'agents')).status).toBe(401)
      expect((await viewer.call('POST', 'agents', {})).status).toBe(403)
    }
    expect((await at()('GET', 'runs')).status).toBe(401) // whoever claims nothing was refused nothing
    await expect.poll(async () => (await boss('GET', 'audit?action=access.refused')).data.length).toBe(2)
    const { data } = await boss('GET', 'audit?action=access.refused')
    const by = (kind: string, id: string) =>
      data.find((entry: { actor_kind: string; actor_id: string }) => entry.actor_kind === kind && entry.actor_id === id)
    expect(by('public', 'public')).toMatchObject({ ip: '127.0.0.1', detail: { reason: 'UNAUTHORIZED', endpoint: 'agents.list' } })
    expect(by('user', viewer.id)).toMatchObject({
      detail: { reason: 'FORBIDDEN', endpoint: 'agents.create' },
      request_id: expect.stringMatching(/^req_/),
    })
  })

  test('a person’s data is a file, for them and for the owner of the server, and can be erased', async () => {
    const { boss, as, bossId } = server
    const ben = await as('member', 'ben')
    const eve = await as('admin', 'eve')
    const { data: project } = await ben.call('POST', 'projects', { name: 'Plans' })
    const { data: room } = await ben.call('POST', 'conversations', { kind: 'channel', title: 'Room', project_id: project.id })
    await ben.call('POST', `conversations/${room.id}/messages`, { content: 'what Ben said' })
    const own = await ben.call('GET', `users/${ben.id}/export`)
    expect([own.status, own.headers.get('content-type')]).toEqual([200, 'application/x-ndjson'])
    const rows = String(own.data)
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { table: string; row: Record<string, unknown> })
    expect(rows).toContainEqual({ table: 'messages', row: expect.objectContaining({ content: 'what Ben said' }) })
    expect((await boss('GET', `users/${ben.id}/export`)).status).toBe(200)
    expect(await eve.call('GET', `users/${ben.id}/export`)).toMatchObject({ status: 403 })
    expect(await ben.call('GET', `users/${bossId}/export`)).toMatchObject({ status: 404, code: 'USER_NOT_FOUND' })
    for (const { call } of [ben, eve]) expect(await call('POST', `users/${ben.id}/erase`, {})).toMatchObject({ status: 403 })
    expect(await boss('POST', `users/${ben.id}/erase`, {})).toMatchObject({ status: 200, data: { id: ben.id, erased: true } })
    const { data: said } = await boss('GET', `conversations/${room.id}/messages`)
    expect(said).toMatchObject([{ author_id: ben.id, content: expect.not.stringContaining('Ben') }])
    expect((await ben.call('GET', 'agents')).status).toBe(200) // as anybody without a login
    expect((await ben.call('GET', 'me')).status).toBe(401)
  })
})

test('logins elsewhere are counted by address as other calls without a login are', async () => {
  const oidc = { CADRE_OIDC_ISSUER: `http://127.0.0.1:${await freePort()}`, CADRE_OIDC_CLIENT_ID: 'c', CADRE_PUBLIC_URL: 'http://127.0.0.1:1' }
  const { at } = await startOwned('SQLite', { ...oidc, CADRE_RATE_LIMIT: '100' })
  const statuses: number[] = []
  for (let i = 0; i < 13; i++) statuses.push((await at()('GET', i % 2 ? '/auth/oidc/start' : '/auth/oidc/callback')).status)
  expect(new Set(statuses.slice(0, 6))).toEqual(new Set([400, 503]))
  expect(statuses.at(-1)).toBe(429)
})
