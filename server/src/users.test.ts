import { describe, expect, test } from 'vitest'
import { owner, startOwned } from './test/real-cadre.ts'

describe.each(['SQLite', 'Postgres'] as const)('users on %s', (kind) => {
  test('a person at an open server makes the first owner, and from then on everyone logs in', async () => {
    const { at, boss, bossId } = await startOwned(kind)
    expect(await at()('GET', 'runs')).toMatchObject({ status: 401, code: 'UNAUTHORIZED' })
    const me = await boss('GET', 'me')
    expect(me.data).toMatchObject({
      kind: 'user',
      id: bossId,
      role: 'owner',
      workspace: { id: 'default' },
      workspaces: [{ id: 'default', role: 'owner' }],
    })
    expect((await boss('GET', 'users')).data).toMatchObject([{ id: bossId, email: owner.email, role: 'owner', disabled: false, has_password: true }])
    expect(JSON.stringify((await boss('GET', 'users')).data)).not.toContain('argon2')
    expect(await at()('POST', 'sessions', { email: owner.email, password: 'wrong horse' })).toMatchObject({
      status: 401,
      error: expect.stringMatching(/is not right/),
    })
    expect(await at()('POST', 'sessions', { email: 'nobody@example.org', password: 'wrong horse' })).toMatchObject({
      status: 401,
      error: expect.stringMatching(/is not right/),
    })
    expect(await boss('POST', 'users', { ...owner, email: 'OLGA@Example.org', role: 'member' })).toMatchObject({ status: 409, code: 'EMAIL_TAKEN' })
  })

  test('roles decide, and the refusal says which role is missing', async () => {
    const { as, boss } = await startOwned(kind)
    const [viewer, member, builder, admin] = await Promise.all(['viewer', 'member', 'builder', 'admin'].map((role) => as(role)))
    const agent = { name: 'A', system_prompt: 'x', provider: 'builtin', model: 'planner' }
    expect(await viewer!.call('POST', 'agents', agent)).toMatchObject({
      status: 403,
      error: 'This call needs the role builder or a stronger one; yours is viewer.',
    })
    expect(await member!.call('POST', 'agents', agent)).toMatchObject({ status: 403 })
    expect(await builder!.call('POST', 'agents', agent)).toMatchObject({ status: 201 })
    expect(await viewer!.call('POST', 'agents/a/run', { input: 'What is 1 + 1?' })).toMatchObject({ status: 403 })
    expect(await member!.call('POST', 'agents/a/run', { input: 'What is 1 + 1?' })).toMatchObject({ status: 200 })
    expect(await builder!.call('GET', 'users')).toMatchObject({ status: 403 })
    expect(await admin!.call('GET', 'users')).toMatchObject({ status: 200 })
    expect(await admin!.call('POST', 'workspaces', { name: 'X' })).toMatchObject({
      status: 403,
      error: 'This call needs the role owner; yours is admin.',
    })
    expect(await boss('POST', 'workspaces', { name: 'X' })).toMatchObject({ status: 201 })
  })

  test('nobody makes themselves stronger: not by a body, not by a membership, not over an owner', async () => {
    const { as, boss, bossId } = await startOwned(kind)
    const member = await as('member')
    const admin = await as('admin')
    expect(await member.call('PUT', `users/${member.id}`, { name: 'M', role: 'owner' })).toMatchObject({
      status: 422,
      error: expect.stringMatching(/role: there is no such field/),
    })
    expect(await member.call('PUT', `users/${member.id}`, { name: 'M', disabled_at: null, password: 'x' })).toMatchObject({ status: 422 })
    expect(await member.call('PUT', `users/${member.id}`, { name: 'M2' })).toMatchObject({ status: 200, data: { name: 'M2', role: 'member' } })
    expect(await member.call('PUT', `workspaces/default/members/${member.id}`, { role: 'owner' })).toMatchObject({ status: 403 })
    expect(await member.call('GET', `users/${bossId}`)).toMatchObject({ status: 404, code: 'USER_NOT_FOUND' })
    expect(await member.call('POST', 'agents', { name: 'A', system_prompt: 'x', workspace_id: 'other' })).toMatchObject({ status: 403 })
    expect(await boss('POST', 'agents', { name: 'A', system_prompt: 'x', workspace_id: 'other' })).toMatchObject({
      status: 422,
      error: expect.stringMatching(/workspace_id/),
    })
    expect(await admin.call('PUT', `workspaces/default/members/${admin.id}`, { role: 'owner' })).toMatchObject({
      status: 403,
      error: 'Only an owner may make owners.',
    })
    expect(await admin.call('POST', 'users', { email: 'x@y.z', name: 'X', role: 'owner' })).toMatchObject({ status: 403 })
    for (const [method, path, body] of [
      ['PUT', `users/${bossId}/password`, { password: 'I am the owner now' }],
      ['POST', `users/${bossId}/disable`, undefined],
      ['DELETE', `users/${bossId}`, undefined],
      ['PUT', `workspaces/default/members/${bossId}`, { role: 'viewer' }],
      ['DELETE', `workspaces/default/members/${bossId}`, undefined],
    ] as const)
      expect(await admin.call(method, path, body), path).toMatchObject({ status: 403, error: 'Only an owner may change an owner.' })
    expect(await admin.call('PUT', `users/${member.id}/password`, { password: 'given by the admin' })).toMatchObject({ status: 200 })
  })

  test('the last owner stays, also when two leave at once', async () => {
    const { as, boss, bossId } = await startOwned(kind)
    for (const [method, path, body] of [
      ['POST', `users/${bossId}/disable`, undefined],
      ['DELETE', `users/${bossId}`, undefined],
      ['PUT', `workspaces/default/members/${bossId}`, { role: 'admin' }],
      ['DELETE', `workspaces/default/members/${bossId}`, undefined],
    ] as const)
      expect(await boss(method, path, body), path).toMatchObject({ status: 409, code: 'LAST_OWNER' })
    const second = await as('owner', 'second')
    const both = await Promise.all([
      boss('PUT', `workspaces/default/members/${bossId}`, { role: 'viewer' }),
      second.call('PUT', `workspaces/default/members/${second.id}`, { role: 'viewer' }),
    ])
    expect(both.map(({ status }) => status).toSorted()).toEqual([200, 409])
  })

  test("one's own password needs the old one, and a new one ends the other sessions and the tokens", async () => {
    const { as, login, at } = await startOwned(kind)
    const member = await as('member')
    const other = await login(member.email, member.password)
    const token = (await other.call('POST', 'tokens')).data.token
    const byToken = at({ authorization: `Bearer ${token}` })
    expect(await byToken('GET', 'me')).toMatchObject({ status: 200, data: { id: member.id } })
    const change = (fields: object) => member.call('PUT', `users/${member.id}/password`, fields)
    expect(await change({ password: 'something newer' })).toMatchObject({ status: 422, error: 'current_password: is required' })
    expect(await change({ password: 'something newer', current_password: 'no' })).toMatchObject({
      status: 422,
      error: 'current_password: is not right',
    })
    expect(await change({ password: 'short', current_password: member.password })).toMatchObject({
      status: 422,
      error: expect.stringMatching(/at least 10 characters/),
    })
    expect(await change({ password: member.email, current_password: member.password })).toMatchObject({
      status: 422,
      error: expect.stringMatching(/e-mail address/),
    })
    expect(await change({ password: 'something newer', current_password: member.password })).toMatchObject({ status: 200 })
    expect(await member.call('GET', 'me')).toMatchObject({ status: 200 })
    expect(await other.call('GET', 'me')).toMatchObject({ status: 401 })
    expect(await byToken('GET', 'me')).toMatchObject({ status: 401, error: 'The token is not valid: it was ended.' })
    await expect(login(member.email, member.password)).rejects.toThrow('is not right')
    await login(member.email, 'something newer')
  })

  test('a disabled user: session, key and token are dead with the next request', async () => {
    const { as, boss, key, login, at } = await startOwned(kind)
    const member = await as('member')
    const own = await key(member.call)
    const token = (await member.call('POST', 'tokens')).data.token
    const keyToken = (await own.call('POST', 'tokens')).data.token
    const callers = [member.call, own.call, at({ authorization: `Bearer ${token}` }), at({ authorization: `Bearer ${keyToken}` })]
    for (const call of callers) expect(await call('GET', 'me')).toMatchObject({ status: 200 })
    expect(await boss('POST', `users/${member.id}/disable`)).toMatchObject({ status: 200, data: { disabled: true } })
    for (const call of callers) expect(await call('GET', 'me')).toMatchObject({ status: 401 })
    await expect(login(member.email, member.password)).rejects.toThrow('is not right')
    expect(await boss('POST', `users/${member.id}/enable`)).toMatchObject({ status: 200, data: { disabled: false } })
    expect(await Promise.all(callers.map(async (call) => (await call('GET', 'me')).status))).toEqual([401, 200, 401, 200])
    await login(member.email, member.password)
    expect(await boss('DELETE', `users/${member.id}`)).toMatchObject({ status: 200 })
    for (const call of callers) expect(await call('GET', 'me')).toMatchObject({ status: 401 })
    expect(await boss('GET', `users/${member.id}`)).toMatchObject({ status: 404 })
  })

  test('another workspace looks missing, from every side', async () => {
    const { as, boss, bossId, at, login } = await startOwned(kind)
    const { data: other } = await boss('POST', 'workspaces', { name: 'Lab Zürich' })
    expect(other).toMatchObject({ slug: 'lab-zurich', role: 'owner' })
    const admin = await as('admin')
    expect(await admin.call('GET', `workspaces/${other.id}/members`)).toMatchObject({ status: 404, code: 'WORKSPACE_NOT_FOUND' })
    expect(await admin.call('PUT', `workspaces/${other.id}/members/${admin.id}`, { role: 'admin' })).toMatchObject({ status: 404 })
    expect(await admin.call('POST', 'sessions/switch', { workspace: other.id })).toMatchObject({ status: 404 })
    // The boss goes there, makes a user who is in the lab only, and one who is in both.
    expect(await boss('POST', 'sessions/switch', { workspace: 'lab-zurich' })).toMatchObject({ data: { workspace: { id: other.id } } })
    const lab = { email: 'lab@example.org', name: 'Lab', password: 'the password of lab', role: 'owner' }
    const { data: labUser } = await boss('POST', 'users', lab)
    const chief = await login(lab.email, lab.password)
    expect((await chief.call('GET', 'me')).data).toMatchObject({ workspace: { id: other.id }, role: 'owner' })
    expect((await chief.call('GET', 'users')).data.map(({ id }: { id: string }) => id).toSorted()).toEqual([bossId, labUser.id].toSorted())
    expect(await chief.call('GET', `users/${admin.id}`)).toMatchObject({ status: 404 })
    expect(await chief.call('PUT', `users/${admin.id}/password`, { password: 'taken over now' })).toMatchObject({ status: 404 })
    expect(await chief.call('PUT', `workspaces/${other.id}/members/${admin.id}`, { role: 'viewer' })).toMatchObject({ status: 404 })
    expect(await chief.call('PUT', `users/${bossId}/password`, { password: 'taken over now' })).toMatchObject({
      status: 403,
      error: 'This user is in another workspace too; an admin of the server must do this.',
    })
    expect(await chief.call('PUT', 'workspaces/default/members/x', { role: 'owner' })).toMatchObject({ status: 404 })
    expect(await chief.call('POST', 'access/signing-keys/rotate')).toMatchObject({ status: 403, error: expect.stringMatching(/whole server/) })
    expect(await chief.call('POST', 'workspaces', { name: 'Mine' })).toMatchObject({ status: 403 })
    expect((await chief.call('GET', 'workspaces')).data.map(({ id }: { id: string }) => id)).toEqual([other.id])
    // Keys of one workspace are not those of another.
    const { data: labKey } = await chief.call('POST', 'keys', { name: 'lab' })
    expect(await admin.call('DELETE', `keys/${labKey.id}`)).toMatchObject({ status: 404 })
    expect((await admin.call('GET', 'keys')).data).toEqual([])
    expect((await at({ 'x-api-key': labKey.key })('GET', 'me')).data).toMatchObject({ workspace: { id: other.id } })
    // Out of the workspace: the session and the key in it are over.
    expect(await boss('DELETE', `workspaces/${other.id}/members/${labUser.id}`)).toMatchObject({ status: 200 })
    expect(await chief.call('GET', 'me')).toMatchObject({ status: 401 })
    expect(await at({ 'x-api-key': labKey.key })('GET', 'me')).toMatchObject({ status: 401 })
  })

  test('grants are put, listed and taken back', async () => {
    const { as, boss } = await startOwned(kind)
    const member = await as('member')
    const path = `grants/agent/agt_1/${member.id}`
    expect(await boss('PUT', path, { level: 'run' })).toMatchObject({ status: 200, data: { level: 'run', resource_id: 'agt_1' } })
    expect(await boss('PUT', path, { level: 'edit' })).toMatchObject({ status: 200 })
    expect((await boss('GET', `grants?user_id=${member.id}`)).data).toMatchObject([{ level: 'edit' }])
    expect((await boss('GET', 'grants?resource_type=project')).data).toEqual([])
    expect(await member.call('GET', 'grants')).toMatchObject({ status: 403 })
    expect(await boss('PUT', 'grants/agent/agt_1/usr_nobody', { level: 'run' })).toMatchObject({ status: 404 })
    expect(await boss('PUT', path, { level: 'run', workspace_id: 'other' })).toMatchObject({ status: 422 })
    expect(await boss('DELETE', path)).toMatchObject({ status: 200 })
    expect(await boss('DELETE', path)).toMatchObject({ status: 404, code: 'GRANT_NOT_FOUND' })
  })
})
