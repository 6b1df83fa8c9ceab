import { PassThrough } from 'node:stream'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { gatheredBody } from './gathered-body.ts'

// No wait ever ends here: what comes has not waited.
beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }))
afterEach(() => void vi.useRealTimers())

function open(others: number) {
  const source = new PassThrough()
  const reading = { bodies: others }
  const body = gatheredBody(source, reading)
  const reader = body.getReader()
  const read = async () => {
    const { value, done } = await reader.read()
    return done ? undefined : Buffer.from(value).toString()
  }
  return { source, reading, reader, read }
}

test('each piece goes on as it comes while few bodies are read', async () => {
  const { source, read } = open(10)
  for (const piece of ['one', 'two', 'three']) {
    source.write(piece)
    expect(await read()).toBe(piece)
  }
})

test('where many are read the first piece and the end do not wait, and what comes between goes on together', async () => {
  const { source, reading, read } = open(100)
  source.write('one')
  expect(await read()).toBe('one')
  source.write('two ')
  source.write('three ')
  const next = read()
  await vi.advanceTimersByTimeAsync(1_000)
  expect(await next).toBe('two three ')
  source.write('four ')
  source.end('five')
  expect([await read(), await read()]).toEqual(['four five', undefined])
  expect(reading.bodies).toBe(100)
})

test('a large piece does not wait, and a reader that does not read lets the provider wait', async () => {
  const { source, read } = open(100)
  source.write('one')
  expect(await read()).toBe('one')
  const large = 'x'.repeat(70_000)
  source.write(large)
  expect(await read()).toBe(large)
  source.write(large)
  await vi.waitFor(() => expect(source.isPaused()).toBe(true))
  source.write('more')
  expect(await read()).toBe(large)
  expect(source.isPaused()).toBe(false)
})

test('what came before a cut is read, then its error', async () => {
  const { source, reading, read } = open(100)
  source.write('one')
  expect(await read()).toBe('one')
  source.write('two')
  const next = read()
  source.destroy(new Error('reset by the other side'))
  expect(await next).toBe('two')
  await expect(read()).rejects.toThrow('reset by the other side')
  expect(reading.bodies).toBe(100)
})

test('a body that closes before its end is no whole answer', async () => {
  const { source, read } = open(0)
  source.destroy()
  await expect(read()).rejects.toThrow('Premature close')
})

test('a reader that leaves lets the provider stop', async () => {
  const { source, reading, reader } = open(5)
  await reader.cancel()
  expect(source.destroyed).toBe(true)
  await vi.waitFor(() => expect(reading.bodies).toBe(5))
})
