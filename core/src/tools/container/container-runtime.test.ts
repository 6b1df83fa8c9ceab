import { request } from 'node:http'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import type { ContainerRuntime, ResolvedTool, Runtime } from '../resolved-tool.ts'
import { callOf, toolOf } from '../test/hook-tool.ts'
import { openContainerRuntime } from './container-runtime.ts'
import { findEngine, importImage } from './test/engine.ts'

const engine = await findEngine()
const image = 'cadre-test-hook'
const open: Runtime<ContainerRuntime>[] = []

// A hook as its author would write it, and nasty ones beside it.
const hook = `
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { networkInterfaces } from 'node:os'
import { createInterface } from 'node:readline'
let calls = 0
const tryTo = (work) => { try { return work() } catch (error) { return error.code } }
const handlers = {
  '/add': ({ a, b }) => a + b,
  '/count': () => ++calls,
  '/fail': () => { throw new Error('that is not possible') },
  '/talk': () => { console.log('not an answer'); console.log('{"id":"other"}'); return 'said' },
  '/hang': () => { for (;;); },
  '/leave': () => process.exit(3),
  '/large': ({ size }) => 'x'.repeat(size),
  '/echo': (input) => input,
  '/memory': () => { const all = []; for (;;) all.push(Buffer.alloc(10_000_000, 1)) },
  '/look': () => ({
    uid: process.getuid(),
    env: Object.keys(process.env).sort(),
    network: Object.keys(networkInterfaces()),
    sockets: ['/var/run/docker.sock', '/run/podman/podman.sock'].filter((path) => existsSync(path)),
    root: tryTo(() => writeFileSync('/written', 'x')),
    tmp: tryTo(() => { writeFileSync('/tmp/written', 'x'); return 'ok' }),
    capabilities: /CapEff:\\s*(\\w+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1],
    no_new_privileges: /NoNewPrivs:\\s*(\\w+)/.exec(readFileSync('/proc/self/status', 'utf8'))[1],
  }),
}
for await (const line of createInterface({ input: process.stdin })) {
  const { id, path, input, ...call } = JSON.parse(line)
  try {
    console.log(JSON.stringify({ id, output: await (handlers[path] ?? (() => ({ path, ...call })))(input) }))
  } catch (error) {
    console.log(JSON.stringify({ id, error: error.message }))
  }
}
`

function newRuntime(host = engine?.host ?? '') {
  const runtime = openContainerRuntime({ docker_host: host, log: { warn: (context) => warned.push(context) } })
  open.push(runtime)
  return runtime
}
const warned: object[] = []
const container: ContainerRuntime = { type: 'container', image, command: ['/node', '/hook.mjs'], env: { GREETING: 'hello' }, cpus: 1, pids: 64 }
type Given = { limits?: Partial<ResolvedTool['limits']>; hook_id?: string }
const callTo = (runtime: Runtime<ContainerRuntime>, path: string, input: unknown = {}, given: Given = {}, signal?: AbortSignal) =>
  runtime.call(callOf(toolOf({ path, runtime: container, ...given, limits: { memory_mb: 256, ...given.limits } }), input, signal), container)

afterEach(async () => {
  await Promise.all(open.splice(0).map((runtime) => runtime.close()))
  expect(warned).toEqual([])
})

test('without an engine the call says what to do', async () => {
  await expect(callTo(newRuntime('/nowhere/docker.sock'), '/add')).rejects.toMatchObject({
    name: 'ToolError',
    message: 'no container engine answers at /nowhere/docker.sock (ENOENT): start Docker or Podman, or set DOCKER_HOST',
  })
})

describe.skipIf(engine === null)('in a container', { timeout: 120_000 }, () => {
  beforeAll(() => importImage(engine!, image, hook), 120_000)
  afterAll(async () => {
    const left = await containersLeft()
    engine?.close()
    expect(left).toEqual([])
  })

  test('a call is answered, and the container stays warm for the next', async () => {
    const runtime = newRuntime()
    expect(await callTo(runtime, '/add', { a: 1, b: 2 })).toBe(3)
    expect([await callTo(runtime, '/count'), await callTo(runtime, '/count')]).toEqual([1, 2])
    // Another ForgeHook gets a container of its own.
    expect(await callTo(runtime, '/count', {}, { hook_id: 'other' })).toBe(1)
    expect(await callTo(runtime, '/keys')).toEqual({ path: '/keys', idempotency_key: 'run_1:1', run_id: 'run_1', now: 1_700_000_000_000 })
  })

  test('it is walled in', async () => {
    expect(await callTo(newRuntime(), '/look')).toEqual({
      uid: 65534,
      env: expect.not.arrayContaining(['CADRE_KEY', 'HOME_OF_HOST']),
      network: ['lo'],
      sockets: [],
      root: 'EROFS',
      tmp: 'ok',
      capabilities: '0000000000000000',
      no_new_privileges: '1',
    })
  })

  test('what it says beside its answer is no answer, and its errors are its own words', async () => {
    const runtime = newRuntime()
    expect(await callTo(runtime, '/talk')).toBe('said')
    await expect(callTo(runtime, '/fail')).rejects.toMatchObject({ name: 'ToolError', message: 'that is not possible', uncertain: false })
    const text = `"\\ \n \u2028 € ${'long '.repeat(20_000)}`
    expect(await callTo(runtime, '/echo', { text })).toEqual({ text })
  })

  test.each<[string, Given, RegExp]>([
    ['/hang', { limits: { timeout_ms: 1_000 } }, /took longer than its limit of 1000 ms/],
    ['/leave', {}, /its container ended/],
    ['/large', { limits: { output_bytes: 1_000 } }, /larger than limits.output_bytes/],
    ['/memory', { limits: { memory_mb: 128 } }, /its container ended/],
  ])('%s is ended, and the next call works', async (path, given, message) => {
    const runtime = newRuntime()
    await expect(callTo(runtime, path, { size: 5_000 }, given)).rejects.toMatchObject({
      name: 'ToolError',
      message: expect.stringMatching(message),
      uncertain: true,
    })
    expect(await callTo(runtime, '/add', { a: 1, b: 1 }, given)).toBe(2)
  })

  test('an abort answers at once, and ends the container', async () => {
    const runtime = newRuntime()
    expect(await callTo(runtime, '/count')).toBe(1)
    const stop = new AbortController()
    const hanging = callTo(runtime, '/hang', {}, {}, stop.signal)
    await new Promise(setImmediate) // by now a warm container has been asked
    stop.abort(new Error('cancelled'))
    await expect(hanging).rejects.toThrow('cancelled')
    expect(await callTo(runtime, '/count')).toBe(1)
  })

  test('an image that is not there is not pulled', async () => {
    const runtime = { ...container, image: 'cadre-no-such-image' }
    await expect(newRuntime().call(callOf(toolOf({ runtime })), runtime)).rejects.toThrow(
      /there is no image 'cadre-no-such-image' on this machine: docker pull/,
    )
  })
})

// The engine removes in its own time after it was told to.
async function containersLeft(): Promise<string[]> {
  const filters = encodeURIComponent(JSON.stringify({ label: [`cadre.pid=${process.pid}`] }))
  return new Promise((resolve, reject) => {
    const asked = request({ socketPath: engine?.host, path: `/v1.41/containers/json?all=true&filters=${filters}` }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => (text += chunk.toString()))
      response.on('end', () => resolve((JSON.parse(text) as { Id: string }[]).map(({ Id }) => Id)))
    })
    asked.on('error', reject)
    asked.end()
  })
}
