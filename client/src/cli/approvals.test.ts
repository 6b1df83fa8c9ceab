import { expect, test } from 'vitest'
import { cadre } from '../test/cadre.ts'
import { startWire } from '../test/wire.ts'

const at = '2024-03-05T10:15:00.000Z'
const approval = {
  id: 'apr_1',
  status: 'pending',
  run_id: 'run_1',
  step: 2,
  agent: { id: 'agt_1', name: 'Mailer\u001b[31m' },
  asked_by: 'usr_1',
  tool: 'mail__send',
  tool_description: 'Sends a mail',
  effect: 'once',
  input_schema: {},
  input: { to: 'bob', text: 'hello' },
  reasons: [
    { code: 'manifest', message: 'the ForgeHook asks' },
    { code: 'data_flow', message: 'private data could leave' },
  ],
  created_at: at,
  expires_at: '2024-03-06T10:15:00.000Z',
  decided_by: null,
  decided_at: null,
  scope: null,
  edited_input: null,
  note: null,
}
const rule = {
  id: 'apl_1',
  tool: 'mail__send',
  agent_id: null,
  pattern: { fixed: { to: 'bob' }, open: ['text'] },
  created_by: 'usr_1',
  created_at: at,
}

test('list: what waits unless told, other states and filters as the server wants them', async () => {
  const wire = await startWire({ 'approvals.list': ({ input }) => ({ items: input.status === 'pending' ? [approval] : [], next_cursor: null }) })
  const { code, stdout } = await cadre(['approvals', 'list'], { url: wire.url, env: { TZ: 'UTC' } })
  expect(code).toBe(0)
  expect(wire.inputOf('approvals.list')).toEqual({ status: 'pending', limit: 50 })
  expect(stdout).toMatch(/^APPROVAL +STATUS +CREATED +AGENT +TOOL +ARGUMENTS\napr_1 +pending +2024-03-05 10:15 +Mailer\S* +mail__send +\{"to":"bob"/)
  expect(stdout).not.toContain('\u001b[31m')
  const all = await cadre(['approvals', 'list', '--status', 'all', '--run', 'run_1', '--agent', 'mailer'], { url: wire.url })
  expect(all).toMatchObject({ code: 0, stdout: '', stderr: 'There are no such approvals.\n' })
  expect(wire.calls.at(-1)?.input).toEqual({ limit: 50, run: 'run_1', agent: 'mailer' })
})

test('show: everything that is needed to decide, with the exact arguments', async () => {
  const wire = await startWire({
    'approvals.get': () => ({ ...approval, status: 'approved', scope: 'once', edited_input: { to: 'eve' }, note: 'so be it' }),
  })
  const { code, stdout } = await cadre(['approvals', 'show', 'apr_1'], { url: wire.url, env: { TZ: 'UTC' } })
  expect(code).toBe(0)
  for (const text of [
    'approved (once)',
    'run_1, step 2, started by usr_1',
    'Sends a mail',
    'the ForgeHook asks',
    'private data could leave',
    'so be it',
  ])
    expect(stdout).toContain(text)
  expect(stdout).toContain('Arguments\n{\n  "to": "bob",\n  "text": "hello"\n}')
  expect(stdout).toContain('Approved instead\n{\n  "to": "eve"\n}')
})

test('approve: scopes, fields and other arguments; reject: with a note', async () => {
  const wire = await startWire({
    'approvals.decide': ({ input }) => ({ ...approval, status: input.decision === 'approve' ? 'approved' : 'rejected' }),
  })
  const once = await cadre(['approvals', 'approve', 'apr_1'], { url: wire.url })
  expect(once).toMatchObject({ code: 0, stdout: 'approved\n' })
  expect(once.stderr).toContain('runs follow run_1')
  expect(wire.calls.at(-1)?.input).toEqual({ id: 'apr_1', decision: 'approve', scope: 'once', agents: 'this' })
  await cadre(['approvals', 'approve', 'apr_1', '--scope', 'always', '--fixed', 'to, copy', '--all-agents', '--note', 'fine'], { url: wire.url })
  expect(wire.calls.at(-1)?.input).toMatchObject({ scope: 'always', fixed_fields: ['to', 'copy'], agents: 'all', note: 'fine' })
  await cadre(['approvals', 'approve', 'apr_1', '--input', '{"to": "eve"}'], { url: wire.url })
  expect(wire.calls.at(-1)?.input).toMatchObject({ input: { to: 'eve' } })
  const before = wire.calls.length
  expect((await cadre(['approvals', 'approve', 'apr_1', '--input', '[1]'], { url: wire.url })).code).not.toBe(0)
  expect((await cadre(['approvals', 'approve', 'apr_1', '--scope', 'forever'], { url: wire.url })).code).toBe(2)
  expect(wire.calls).toHaveLength(before)
  expect(await cadre(['approvals', 'reject', 'apr_1', '--note', 'no'], { url: wire.url })).toMatchObject({ code: 0, stdout: 'rejected\n' })
  expect(wire.calls.at(-1)?.input).toMatchObject({ id: 'apr_1', decision: 'reject', note: 'no' })
})

test('rules are listed and forgotten', async () => {
  const wire = await startWire({
    'approvalRules.list': () => ({ items: [rule], next_cursor: null }),
    'approvalRules.remove': ({ input }) => ({ id: input.id, deleted: true }),
  })
  expect((await cadre(['approvals', 'rules'], { url: wire.url })).stdout).toMatch(/apl_1 +mail__send +all +\{"to":"bob"\} +text/)
  expect(await cadre(['approvals', 'forget', 'apl_1'], { url: wire.url })).toMatchObject({ code: 0, stdout: 'apl_1\n' })
})
