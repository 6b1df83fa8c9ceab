import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type Server } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { openEvents } from './test/sockets.ts'

let cwd: string
const children: ChildProcess[] = []
const servers: Server[] = []
beforeEach(() => {
  cwd = mkdtempSync(join(tmpdir(), 'cadre-main-'))
})
afterEach(() => {
  for (const child of children.splice(0)) if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
  for (const server of servers.splice(0)) server.close()
  rmSync(cwd, { recursive: true, maxRetries: 5 })
})

/** A run whose model takes the question and never answers: it goes on for as long as a test needs. */
async function unendingRun(url: string) {
  const model = createServer((socket) => socket.on('error', () => {})).listen(0, '127.0.0.1')
  servers.push(model)
  await once(model, 'listening')
  const base_url = `http://127.0.0.1:${(model.address() as { port: number }).port}/v1`
  const post = (path: string, body: object) =>
    [`${url}/api/v1/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) }] as const
  await (await fetch(...post('providers', { id: 'silent', type: 'custom', base_url, default_model: 'm' }))).text()
  await (await fetch(...post('agents', { name: 'Waits', system_prompt: 'x', provider: 'silent' }))).text()
  const events = await openEvents(...post('agents/waits/run', { input: 'x', stream: true }))
  expect(await events.nextEvent()).toMatchObject({ id: '1', data: { type: 'run.started' } })
  return events
}

/** The server as a person starts it: an own process, in an empty folder. */
function start(env: Record<string, string> = {}, argv: string[] = []) {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts'), ...argv], { cwd, env: { PATH: process.env.PATH, PORT: '0', ...env } })
  children.push(child)
  const out = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text) => (out.stdout += text))
  child.stderr.setEncoding('utf8').on('data', (text) => (out.stderr += text))
  const ended = once(child, 'close').then(([code]) => ({ code, ...out }))
  const ready = async () => {
    while (!out.stdout.includes('\nTry:')) {
      const sooner = await Promise.race([once(child.stdout, 'data'), ended])
      if ('code' in sooner) throw new Error(sooner.stderr)
    }
    return /Cadre is at (\S+)/.exec(out.stdout)![1]!
  }
  return { child, out, ended, ready }
}

test('an empty folder is enough, the line to paste works, and SIGTERM ends it in order even while a stream is open', async () => {
  const { child, out, ended, ready } = start()
  const url = await ready()
  expect(out.stdout).toMatch(/^Cadre is at http:\/\/127\.0\.0\.1:\d+\nModels: builtin\/planner\nTry: +curl -s \S+/)
  const { stdout } = await promisify(execFile)('sh', ['-c', /^Try: +(.*)$/m.exec(out.stdout)![1]!])
  const [made, ran] = stdout.split(/(?<=\})(?=\{"success")/).map((text) => JSON.parse(text))
  expect(made).toMatchObject({ success: true, data: { slug: 'helper' } })
  expect(ran).toMatchObject({ success: true, data: { status: 'completed', output_text: expect.stringContaining('84') } })

  const listed = await (await fetch(`${url}/api/v1/agents/helper/runs`)).json()
  expect(listed).toMatchObject({ count: 1, data: [{ run_id: ran.data.run_id, triggered_by: 'local' }] })
  const events = await openEvents(`${url}/api/v1/runs/${ran.data.run_id}/events`)
  for (let event = await events.nextEvent(), last = 0; event !== null; event = await events.nextEvent()) expect(Number(event.id)).toBe(++last)
  expect(await (await fetch(`${url}/readyz`)).json()).toEqual({ status: 'ready' })
  expect(readdirSync(join(cwd, 'data'))).toContain('cadre.db')

  const open = await unendingRun(url)
  child.kill('SIGTERM')
  const { code, stderr } = await ended
  expect(stderr).toContain('"msg":"stopping"')
  expect(stderr).not.toContain('"level":50')
  expect(code).toBe(0)
  await open.nextEvent().catch(() => null)
})

test('worker processes do the work, and end with the server', async () => {
  const { child, ended, ready } = start({ CADRE_WORKERS: '2' })
  const url = await ready()
  const post = (path: string, body: object) =>
    fetch(`${url}/api/v1/${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  await post('agents', { name: 'H', system_prompt: 'x', tools: ['calculator'] })
  const response = await post('agents/h/run', { input: 'What is 3 * 4?' })
  expect(await response.json()).toMatchObject({ data: { status: 'completed' } })
  child.kill('SIGTERM')
  expect(await ended).toMatchObject({ code: 0 })
})

test('a failed start is one sentence and exit code 1', async () => {
  const other = createServer().listen(0, '127.0.0.1')
  await once(other, 'listening')
  const { port } = other.address() as { port: number }
  writeFileSync(join(cwd, 'file'), '')
  const cases: [Record<string, string>, string][] = [
    [{ PORT: String(port) }, `Cadre cannot start. Port ${port} on 127.0.0.1 is taken; stop what uses it or set PORT\n`],
    [{ PORT: 'x' }, 'Cadre cannot start. PORT: must be a whole number from 0 to 65535 (set in the environment)\n'],
    [
      { CADRE_DATA_DIR: 'file' },
      `Cadre cannot start. the data folder ${join(cwd, 'file')} cannot be read and written (a file is in its place); set CADRE_DATA_DIR to one that can\n`,
    ],
    [
      { CADRE_DATA_DIR: 'file/data' },
      `Cadre cannot start. the data folder ${join(cwd, 'file/data')} cannot be made (a file is in its place); set CADRE_DATA_DIR to one that can\n`,
    ],
  ]
  const results = await Promise.all(cases.map(([env], i) => start({ CADRE_DATA_DIR: `data-${i}`, ...env }).ended))
  results.forEach((result, i) => expect(result).toEqual({ code: 1, stdout: '', stderr: cases[i]![1] }))
  other.close()
})

test('the second signal ends it at once', async () => {
  const { child, ended, ready } = start()
  const url = await ready()
  const open = await unendingRun(url)
  child.kill('SIGINT')
  await once(child.stderr!, 'data')
  const again = setInterval(() => child.kill('SIGINT'), 20)
  const { code } = await ended
  clearInterval(again)
  expect(code).toBe(130)
  await open.nextEvent().catch(() => null)
})
