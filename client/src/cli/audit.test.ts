import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { cadre } from '../test/cadre.ts'
import { startWire } from '../test/wire.ts'

const hash = 'a'.repeat(64)
const entry = {
  seq: 7,
  at: '2024-03-05T10:15:00.000Z',
  workspace_id: 'default',
  actor_kind: 'user',
  actor_id: 'usr_1',
  action: 'connections.add',
  target_type: 'connection',
  target_id: 'sales\u001b[31m',
  detail: { a: 1 },
  ip: null,
  request_id: null,
  previous_hash: hash,
  hash,
}
const verdict = { ok: true, entries: 7, first_seq: 1, last_seq: 7, last_hash: hash, problems: [] }

test('list: a table, filters as the server wants them', async () => {
  const wire = await startWire({ 'audit.list': () => ({ items: [entry], next_cursor: 'more' }) })
  const { code, stdout, stderr } = await cadre(['audit', 'list', '--actor', 'usr_1', '--action', 'connections', '--from', '2024-03-05'], {
    url: wire.url,
    env: { TZ: 'UTC' },
  })
  expect(code).toBe(0)
  expect(wire.inputOf('audit.list')).toEqual({ limit: 50, actor: 'usr_1', action: 'connections', from: '2024-03-05T00:00:00.000Z' })
  expect(stdout.split('\n')[0]).toMatch(/^NO +TIME +WHO +ACTION +TARGET +DETAIL$/)
  expect(stdout).toMatch(/7 +2024-03-05 10:15 +user usr_1 +connections\.add +sales\S* +\{"a":1\}/)
  expect(stdout).not.toContain('\u001b[31m')
  expect(stderr).toBe('There are more: --cursor more\n')
})

test('list --all: every page, a line of JSON each', async () => {
  const wire = await startWire({
    'audit.list': ({ input }) => ({ items: [{ ...entry, seq: input.cursor ? 1 : 2 }], next_cursor: input.cursor ? null : 'x' }),
  })
  const { code, stdout } = await cadre(['audit', 'list', '--all'], { url: wire.url })
  expect(code).toBe(0)
  expect(
    stdout
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line).seq),
  ).toEqual([2, 1])
})

test('verify: what to note, or what is wrong and exit code 1', async () => {
  const wire = await startWire({ 'audit.verify': () => verdict })
  expect(await cadre(['audit', 'verify'], { url: wire.url })).toEqual({
    code: 0,
    stdout: `7:${hash}\n`,
    stderr: 'The log is whole: 7 entries, 1 to 7.\n',
  })
  wire.answers['audit.verify'] = () => ({ ...verdict, ok: false, problems: [{ seq: 3, what: 'missing', message: 'entry 3 is missing' }] })
  const { code, stderr } = await cadre(['audit', 'verify', '--noted', `7:${hash}`], { url: wire.url })
  expect([code, stderr]).toEqual([1, 'entry 3 is missing\n'])
  expect(wire.inputOf('audit.verify')).toEqual({ seq: 7, hash })
  expect((await cadre(['audit', 'verify', '--noted', 'x'], { url: wire.url })).code).toBe(2)
})

test('verify --note: keeps the newest, and asks for it the next time', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'cadre-note-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const file = join(folder, 'note.json')
  const wire = await startWire({ 'audit.verify': () => verdict })
  expect((await cadre(['audit', 'verify', '--note', file], { url: wire.url })).code).toBe(0)
  expect(wire.inputOf('audit.verify')).toEqual({})
  expect(JSON.parse(readFileSync(file, 'utf8'))).toEqual({ last_seq: 7, last_hash: hash })
  await cadre(['audit', 'verify', '--note', file], { url: wire.url })
  expect(wire.inputOf('audit.verify')).toEqual({ seq: 7, hash })
  writeFileSync(file, 'rubbish')
  expect((await cadre(['audit', 'verify', '--note', file], { url: wire.url })).stderr).toContain('is not what verify wrote')
})
