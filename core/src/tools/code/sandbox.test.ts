import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { expect, test } from 'vitest'
import { captureMemory, restoreMemory } from './memory-image.ts'
import { Broken } from './quickjs.ts'
import { makeBase, Sandbox } from './sandbox.ts'
import { handlerOf } from './test/code-calls.ts'
import { compile } from './web-assembly.ts'

const wasm = await compile(await readFile(createRequire(import.meta.url).resolve('@jitl/quickjs-ng-wasmfile-release-sync/wasm')))
const base = await makeBase(wasm)

async function openSandbox() {
  const said: [string, string][] = []
  const called = (kind: string, text: string) => {
    said.push([kind, text])
    return null
  }
  const sandbox = await Sandbox.open(wasm, base, 64, { called, interrupted: () => false, longest: () => 1_000_000 })
  const call = (entry: string) => {
    sandbox.prepare(entry)
    sandbox.enter('call', JSON.stringify({ path: '/x', input: '{}', now: 0, key: '', settings: '{}', max: 1000 }))
    while (sandbox.runJobs(100));
    return said.splice(0)
  }
  return { sandbox, call }
}

test('after a call the whole memory is, to the last byte, what it was before the first', async () => {
  const { sandbox, call } = await openSandbox()
  sandbox.load('grow', handlerOf('globalThis.a = Array.from({ length: 3e5 }, (_, i) => ({ i })); Object.prototype.b = 1; return a.length'))
  sandbox.load('plain', handlerOf('return typeof a'))
  sandbox.prepare('plain')
  const before = Buffer.from(sandbox.heap)
  expect(call('grow')).toEqual([['done', '300000']])
  expect(sandbox.heap.length).toBeGreaterThan(before.length)
  sandbox.prepare('plain')
  expect(Buffer.compare(sandbox.heap.subarray(0, before.length), before)).toBe(0)
  expect(sandbox.heap.subarray(before.length).every((byte) => byte === 0)).toBe(true)
  expect(call('plain')).toEqual([['done', '"undefined"']])
})

test('a source that cannot be compiled leaves the others as they were', async () => {
  const { sandbox, call } = await openSandbox()
  expect(() => sandbox.load('bad', 'export default {')).toThrow(/^SyntaxError: .* \(line 1, column \d+\)$/)
  sandbox.load('good', handlerOf('return 1'))
  expect(() => sandbox.load('bad', 'import "fs"')).toThrow("'fs' cannot be imported here")
  expect(call('good')).toEqual([['done', '1']])
  expect(() => sandbox.prepare('bad')).toThrow('bad is not loaded')
})

test('where WebAssembly itself gives up, that is told apart from what the source did', async () => {
  const { sandbox } = await openSandbox()
  // The stack of this thread is much smaller than that of the sandbox's threads.
  expect(() => sandbox.load('deep', '['.repeat(100_000))).toThrow(Broken)
})

test('an image leaves out what is zero', () => {
  const heap = new Uint8Array(300_000)
  heap[70_000] = 7
  heap[299_999] = 9
  const image = captureMemory(heap)
  expect(image.map(({ at, bytes }) => [at, bytes.length])).toEqual([
    [65_536, 65_536],
    [262_144, 37_856],
  ])
  const was = heap.slice()
  heap.fill(3)
  restoreMemory(heap, image)
  expect(heap).toEqual(was)
})
