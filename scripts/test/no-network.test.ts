import { spawnSync } from 'node:child_process'
import { lookup } from 'node:dns/promises'
import { createServer } from 'node:http'
import { connect } from 'node:net'
import { expect, test } from 'vitest'

// What is tried here is meant to be tried: keep it out of the log by which scripts/test.ts fails. This file has its process to itself.
delete process.env.TEST_NETWORK_LOG

/** Takes the attempts of this test away before fail-on-network.ts sees them. */
function attempts() {
  return ((globalThis as Record<symbol, unknown>)[Symbol.for('cadre.network-attempts')] as string[]).splice(0)
}

test('a connection to another machine is refused and remembered', async () => {
  const socket = connect(443, '192.0.2.1')
  const error = await new Promise<Error>((resolve) => socket.on('error', resolve))
  expect(error.message).toBe('tests must not reach the network: connection to 192.0.2.1:443')
  expect(attempts()).toEqual(['connection to 192.0.2.1:443'])
})

test('fetch and look-ups are refused, reserved names exist nowhere', async () => {
  await expect(fetch('http://cadre.dev/')).rejects.toThrow()
  await expect(lookup('cadre.dev')).rejects.toThrow(/must not reach the network/)
  expect(attempts()).toEqual(['lookup of cadre.dev', 'lookup of cadre.dev'])
  await expect(fetch('http://nothing.invalid/')).rejects.toMatchObject({ cause: { code: 'ENOTFOUND' } })
  expect(attempts()).toEqual([])
})

test("a caller's own look-up cannot lead away", async () => {
  const socket = connect({
    port: 80,
    host: 'here.localhost',
    lookup: (_name, _options, callback) => callback(null, [{ address: '198.51.100.7', family: 4 }]),
  })
  await new Promise((resolve) => socket.on('error', resolve))
  expect(attempts()).toEqual(['connection to 198.51.100.7 (here.localhost)'])
})

test('this machine can be reached', async () => {
  const server = createServer((_request, response) => response.end('hello')).listen(0, '127.0.0.1')
  await new Promise((resolve) => server.on('listening', resolve))
  const { port } = server.address() as { port: number }
  for (const host of ['127.0.0.1', 'localhost']) expect(await (await fetch(`http://${host}:${port}/`)).text()).toBe('hello')
  server.closeAllConnections()
  server.close()
})

test('child processes are held to it as well', () => {
  const { stderr } = spawnSync(process.execPath, ['-e', "require('node:net').connect(80, '192.0.2.1')"], { encoding: 'utf8' })
  expect(stderr).toContain('tests must not reach the network: connection to 192.0.2.1:80')
})
