import { readFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { ImportOpenapi } from '@cadre/contract/plugins'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { newWorld, owner } from '../test/world.ts'
import { type Seen, type Service, startService } from '../tools/test/http-service.ts'

const shop = readFileSync(new URL('./test/shop.openapi.yaml', import.meta.url), 'utf8')
let world: Awaited<ReturnType<typeof newWorld>>
let service: Service
let answer: (seen: Seen, response: ServerResponse) => void = (seen, response) => response.end(JSON.stringify({ seen: seen.url }))
beforeAll(async () => {
  world = await newWorld({ work: false })
  service = await startService((seen, response) => (seen.url === '/openapi.yaml' ? response.end(shop) : answer(seen, response)))
})
afterAll(async () => {
  await world.close()
  await service.close()
})
afterEach(async () => {
  for (const { id } of (await world.api.plugins.list(owner)).items.filter((plugin) => !plugin.bundled && plugin.id !== 'effects'))
    await world.api.plugins.remove(owner, { id })
  service.seen.length = 0
})

const load = (input: Parameters<typeof ImportOpenapi.parse>[0]) => world.api.plugins.importOpenapi(owner, ImportOpenapi.parse(input))
const call = (path: string, input: Record<string, unknown> = {}, dry_run = false) =>
  world.api.plugins.invoke(owner, { id: 'pet-shop', path, input, dry_run })

describe('a document by URL', () => {
  test('becomes a ForgeHook that calls the service', async () => {
    const { plugin, operations } = await load({ url: `${service.url}/openapi.yaml` })
    expect(plugin).toMatchObject({
      id: 'pet-shop',
      version: '2.1.0',
      runtime: { type: 'http', base_url: `${service.url}/v2/` },
      permissions: { network: [service.host] },
    })
    expect(operations.map(({ operation, effect, path, problem }) => [operation, effect, path, problem])).toEqual([
      ['listPets', 'read', '/listPets', null],
      ['addPet', 'keyed', '/addPet', null],
      ['GET /pets/{petId}', 'read', '/get_pets_petId', null],
      ['removePet', 'idempotent', '/removePet', null],
      ['login', 'once', '/login', null],
      ['upload', 'once', '/upload', 'its body is multipart/form-data, which cannot be sent from here'],
    ])
    await call('listPets', { tags: ['a b', 'c&d'], limit: 5, 'X-Trace': 't', filter: { min: 1, 'max&': 2 } })
    await call('get_pets_petId', { petId: 'a/b?c' })
    await call('addPet', { body: { name: 'Rex', parent: { name: 'Lassie' } } })
    await call('login', { body: { user: 'a b', scopes: ['x', 'y'] } })
    expect(service.seen.slice(1).map(({ url, body }) => [url, body])).toEqual([
      ['/v2/pets?tags=a%20b&tags=c%26d&limit=5&filter%5Bmin%5D=1&filter%5Bmax%26%5D=2', ''],
      ['/v2/pets/a%2Fb%3Fc', ''],
      ['/v2/pets', '{"name":"Rex","parent":{"name":"Lassie"}}'],
      ['/v2/login', 'user=a+b&scopes=x&scopes=y'],
    ])
    expect(service.seen[1]?.headers).toMatchObject({ 'x-trace': 't' })
    expect(service.seen[3]?.headers).toMatchObject({ 'content-type': 'application/json', 'idempotency-key': expect.stringMatching(/^call_/) })
    expect(service.seen[4]?.headers).toMatchObject({ 'content-type': 'application/x-www-form-urlencoded' })
  })

  test('inputs are checked by the schemas of the document, references and all', async () => {
    await load({ url: `${service.url}/openapi.yaml` })
    const refused = (path: string, input: Record<string, unknown>) => expect(call(path, input)).rejects
    await refused('addPet', {}).toMatchObject({ code: 'INVALID', message: 'input.body: is required' })
    await refused('addPet', { body: { name: 'Rex', parent: { name: 7 } } }).toMatchObject({ issues: [{ path: 'input.body.parent.name' }] })
    await refused('listPets', { limit: 0 }).toMatchObject({ issues: [{ path: 'input.limit' }] })
    await refused('get_pets_petId', { petId: '..' }).toMatchObject({ code: 'TOOL_FAILED', message: "petId: '..' cannot be part of a path" })
    await call('addPet', { body: { name: 'Rex', tag: null } })
    expect(service.seen.map(({ url }) => url)).toEqual(['/openapi.yaml', '/v2/pets'])
  })

  test('a dry run says what would be sent, and sends nothing', async () => {
    await load({ url: `${service.url}/openapi.yaml`, headers: { Authorization: 'Bearer secret' } })
    const { would, output, effect } = await call('removePet', { petId: 7 }, true)
    expect({ output, effect, would }).toEqual({
      output: null,
      effect: 'idempotent',
      would: {
        call: 'pet-shop__removePet',
        runtime: 'http',
        effect: 'idempotent',
        method: 'DELETE',
        url: `${service.url}/v2/pets/7`,
        headers: expect.objectContaining({ authorization: '***' }),
        body: null,
      },
    })
    expect(service.seen.map(({ url }) => url)).toEqual(['/openapi.yaml'])
    await call('removePet', { petId: 7 })
    expect(service.seen[1]?.headers.authorization).toBe('Bearer secret')
  })

  test('an answer in words is a result, and an error is said', async () => {
    await load({ url: `${service.url}/openapi.yaml` })
    answer = (_, response) => response.end('plain words')
    expect((await call('listPets')).output).toBe('plain words')
    answer = (_, response) => response.writeHead(404).end('{"message":"no such pet"}')
    await expect(call('get_pets_petId', { petId: 9 })).rejects.toMatchObject({
      code: 'TOOL_FAILED',
      message: expect.stringMatching(/404.*no such pet/),
    })
    answer = (seen, response) => response.end(JSON.stringify({ seen: seen.url }))
  })
})

describe('operations', () => {
  test('are chosen by their ids or by method and path', async () => {
    const { plugin } = await load({ document: shop, base_url: `${service.url}/v2`, id: 'few', operations: ['GET /pets/{petId}', 'listPets'] })
    expect(plugin?.endpoints.map(({ tool }) => tool)).toEqual(['few__get_pets_petId', 'few__listPets'])
  })
  test('are listed by a preview, which adds nothing', async () => {
    const { plugin, operations } = await load({ document: shop, preview: true })
    expect([plugin, operations.length]).toEqual([null, 6])
  })
})

describe('a document that is refused', () => {
  const minimal = { openapi: '3.1.0', info: { title: 'X', version: '1' }, servers: [{ url: 'https://api.example.com' }], paths: {} }
  const get = (change: object) => ({ ...minimal, paths: { '/a/{b}': { get: { operationId: 'a', ...change } } } })
  test.each<[string, Parameters<typeof load>[0], string, RegExp]>([
    ['no document', {}, 'INVALID_INPUT', /give either url or document/],
    ['Swagger 2', { document: { swagger: '2.0', paths: {} } }, 'document', /is Swagger 2\.0/],
    ['neither JSON', { document: '{"openapi": ' }, 'document', /is not JSON/],
    ['nor YAML', { document: 'a: [b' }, 'document', /is not YAML/],
    ['something else', { document: 'just words' }, 'document', /is not an object/],
    ['no paths', { document: { openapi: '3.0.0' } }, 'document', /has no 'paths'/],
    ['no operations', { document: minimal }, 'document', /has no operation/],
    ['an unknown operation', { document: shop, operations: ['nope'] }, 'operations[0]', /there is no operation 'nope'; there are listPets/],
    ['one that cannot be', { document: shop, operations: ['upload'] }, 'operations[0]', /multipart/],
    ['no server', { document: { ...shopObject(), servers: [{ url: '/v1' }] } }, 'base_url', /is needed: the document's server is '\/v1'/],
    [
      'a private server of its own naming',
      { document: { ...shopObject(), servers: [{ url: 'http://10.0.0.1/' }] } },
      'runtime.base_url',
      /private address/,
    ],
    [
      'a reference to elsewhere',
      { document: get({ parameters: [{ $ref: 'https://x.test/p' }] }), operations: ['a'] },
      'operations[0]',
      /not in the document/,
    ],
    ['a path parameter that is not there', { document: get({}), operations: ['a'] }, 'operations[0]', /its path has \{b\}/],
  ])('%s', async (_, input, path, message) => {
    if (path === 'INVALID_INPUT') return expect(() => ImportOpenapi.parse(input)).toThrow(message)
    await expect(load(input)).rejects.toMatchObject({ code: 'INVALID', message: expect.stringMatching(message), issues: [{ path }] })
  })

  test('one that is not served', async () => {
    answer = (_, response) => response.writeHead(500).end()
    await expect(load({ url: `${service.url}/none` })).rejects.toMatchObject({
      code: 'PLUGIN_UNREACHABLE',
      message: expect.stringMatching(/answered 500/),
    })
    answer = (seen, response) => response.end(JSON.stringify({ seen: seen.url }))
  })
})

function shopObject() {
  return {
    openapi: '3.0.3',
    info: { title: 'Shop', version: '1' },
    paths: { '/a': { get: { operationId: 'a' } } },
  }
}
