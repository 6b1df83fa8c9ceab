import { once } from 'node:events'
import { createServer, type IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { promisify } from 'node:util'
import { execFile, execFileSync } from 'node:child_process'
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { asCurl, asFetch, asN8n } from './copy-as.ts'

const nasty = { input: `It's "quoted" $HOME \`id\` \\ !x\nsecond line – ünï 🎉 ${'${x}'}`, data: { csv: "a,b\n1,'2'", list: [1, null, '</script>'] } }
let received: { path: string | undefined; headers: IncomingMessage['headers']; body: unknown }[] = []
const server = createServer(async (request, response) => {
  received.push({ path: request.url, headers: request.headers, body: JSON.parse(await text(request)) })
  response.writeHead(200, { 'content-type': 'application/json' }).end('{"success":true,"data":{"output":{"answer":84}}}')
})
let origin = ''
beforeAll(async () => {
  await once(server.listen(0, '127.0.0.1'), 'listening')
  origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
})
afterAll(() => void server.close().closeAllConnections())
beforeEach(() => (received = []))

const hasCurl = (() => {
  try {
    return execFileSync('curl', ['--version']).length > 0
  } catch {
    return false
  }
})()
const env = { ...process.env, CADRE_API_KEY: 'k1', NODE_OPTIONS: '' }
const expected = { path: '/api/v1/agents/data%20helper/run', headers: { 'x-api-key': 'k1', 'content-type': 'application/json' }, body: nasty }

test.skipIf(!hasCurl)('what is copied as curl makes the call, whatever stands in it', async () => {
  const { stdout } = await promisify(execFile)('sh', ['-c', asCurl({ origin, agent: 'data helper', ...nasty })], { env })
  expect(received).toMatchObject([expected])
  expect(JSON.parse(stdout)).toMatchObject({ success: true })
})

test('what is copied as fetch makes the call', async () => {
  const code = asFetch({ origin, agent: 'data helper', ...nasty })
  const { stdout } = await promisify(execFile)(process.execPath, ['--input-type=module', '-e', code], { env })
  expect(received).toMatchObject([expected])
  expect(stdout).toBe('{ answer: 84 }\n')
})

test('what is copied for n8n is a node with the call in it; without data there is no data', () => {
  const { nodes } = JSON.parse(asN8n({ origin, agent: 'helper', input: 'x' }))
  expect(nodes[0].parameters).toMatchObject({ method: 'POST', url: `${origin}/api/v1/agents/helper/run`, sendBody: true })
  expect(JSON.parse(nodes[0].parameters.jsonBody)).toEqual({ input: 'x' })
})
