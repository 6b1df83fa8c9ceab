import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { ask, serve } from './test/sockets.ts'

const folder = mkdtempSync(join(tmpdir(), 'cadre-web-'))
const script = 'console.log("pages")\n'.repeat(100)
let server: Awaited<ReturnType<typeof serve>>
let bare: Awaited<ReturnType<typeof serve>>

beforeAll(async () => {
  mkdirSync(join(folder, 'assets'))
  writeFileSync(join(folder, 'index.html'), '<!doctype html><title>Cadre</title>')
  writeFileSync(join(folder, 'theme.js'), 'document.documentElement.dataset.theme = "dark"')
  writeFileSync(join(folder, 'assets/main-x1.js'), script)
  writeFileSync(join(folder, 'assets/main-x1.js.br'), brotliCompressSync(script))
  writeFileSync(join(folder, 'assets/main-x1.js.gz'), gzipSync(script))
  writeFileSync(join(folder, 'assets/main-x1.js.map'), '{}')
  writeFileSync(join(folder, '.built'), 'x')
  server = await serve({}, { web: folder })
  bare = await serve({}, { web: join(folder, 'assets') })
})
afterAll(async () => {
  await Promise.all([server.stop(0), bare.stop(0)])
  rmSync(folder, { recursive: true, force: true })
})

const get = (path: string, headers: string[] = []) => ask(server.port, 'GET', path, undefined, { headers })
const browser = 'Accept: text/html,application/xhtml+xml,*/*;q=0.8'

test('serves the page with a policy that runs nothing but our own files', async () => {
  const { status, headers, text } = await get('/')
  expect({ status, text }).toEqual({ status: 200, text: '<!doctype html><title>Cadre</title>' })
  expect(headers).toMatchObject({ 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-cache', 'x-content-type-options': 'nosniff' })
  expect(headers['content-security-policy']).toMatch(/default-src 'none'; script-src 'self'; style-src 'self';/)
  expect(headers['content-security-policy']).not.toMatch(/unsafe|\*|https?:/)
})

test('a page that is known is not sent again', async () => {
  const { headers } = await get('/')
  const again = await get('/agents', [browser, `If-None-Match: "other", ${headers.etag}`])
  expect({ status: again.status, text: again.text }).toEqual({ status: 304, text: '' })
})

test.each(['/agents', '/agents/helper/edit', '/runs/run_01jd?step=3'])('%s is a place inside the pages for a browser', async (path) => {
  expect((await get(path, [browser])).text).toContain('<title>Cadre')
})

test.each([
  ['an unknown call of the API', '/api/v1/nothing', [browser]],
  ['an unknown typed call', '/rpc/nothing/here', [browser]],
  ['a door of later', '/mcp', [browser]],
  ['a part of an older version', '/assets/main-x0.js', [browser]],
  ['a file that is not there', '/robots.txt', [browser]],
  ['a source map', '/assets/main-x1.js.map', [browser]],
  ['what the build keeps for itself', '/.built', [browser]],
  ['a compressed file by its own name', '/assets/main-x1.js.br', [browser]],
  ['a place for who is no browser', '/agents', ['Accept: */*']],
  ['a file outside', '/assets/%2e%2e/%2e%2e/package.json', [browser]],
])('%s is not found, in JSON', async (_what, path, headers) => {
  const { status, json } = await get(path, headers)
  expect({ status, json }).toMatchObject({ status: 404, json: { success: false, code: 'NOT_FOUND' } })
})

test.each([
  ['br', 'gzip, deflate, br, zstd', brotliCompressSync(script).length],
  ['gzip', 'gzip;q=0.5, br;q=0', gzipSync(script).length],
  [undefined, 'identity', script.length],
])('a part comes as %s to who takes %s, and is kept for ever', async (encoding, accepted, length) => {
  const { headers, status } = await get('/assets/main-x1.js', [`Accept-Encoding: ${accepted}`])
  expect({ status, encoding: headers['content-encoding'], length: Number(headers['content-length']) }).toEqual({ status: 200, encoding, length })
  expect(headers).toMatchObject({ 'cache-control': 'public, max-age=31536000, immutable', vary: 'accept-encoding' })
})

test('the first script has no hash in its name and is asked for anew each time', async () => {
  expect((await get('/theme.js')).headers['cache-control']).toBe('no-cache')
})

test('HEAD gives the headers alone', async () => {
  const { headers, text } = await ask(server.port, 'HEAD', '/', undefined, { headers: ['Connection: close'] })
  expect({ length: headers['content-length'], text }).toEqual({ length: '35', text: '' })
})

test('pages cannot be posted to', async () => {
  expect((await ask(server.port, 'POST', '/agents', {})).json).toMatchObject({ code: 'NOT_FOUND' })
})

test('a foreign page and a rebound name get no page', async () => {
  expect((await ask(server.port, 'GET', '/', undefined, { host: 'evil.example' })).json).toMatchObject({ code: 'FORBIDDEN' })
  expect((await get('/', ['Origin: http://evil.example'])).json).toMatchObject({ code: 'FORBIDDEN' })
})

test('health stays health, for browsers too', async () => {
  expect((await get('/healthz', [browser])).json).toEqual({ status: 'ok' })
})

test('without built pages the root says what is here', async () => {
  const { text, headers } = await ask(bare.port, 'GET', '/')
  expect(text).toMatch(/^Cadre runs AI agents\..* not built here/)
  expect(headers['content-type']).toMatch(/^text\/plain/)
  expect((await ask(bare.port, 'GET', '/agents', undefined, { headers: [browser] })).json).toMatchObject({ code: 'NOT_FOUND' })
})
