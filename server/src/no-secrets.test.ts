import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { contract } from '@cadre/contract'
import { openDatabase } from '@cadre/core/storage/open-database'
import { emptyPostgresUrl } from '@cadre/core/storage/test/databases'
import { startModelDouble } from '@cadre/core/test/model-double'
import { sql } from 'kysely'
import { afterEach, expect, test } from 'vitest'

/** What must be found nowhere, by what it is. `hidden-` marks all of them, so that a cut one is found as well. */
const planted = Object.fromEntries(
  [
    'api_key',
    'key_made',
    'user_password',
    'provider_key',
    'broken_provider_key',
    'environment_provider_key',
    'connection_password',
    'plugin_header',
    'broken_plugin_header',
    'imported_header',
    'operator_secret',
    'ungranted_secret',
    'database_password',
    'wrong_key',
    'url_key',
    'bearer',
    'url_password',
  ].map((name) => [name, `hidden-${name}-${randomBytes(6).toString('hex')}`]),
)
const masterKey = randomBytes(32).toString('base64')

const open: (() => unknown)[] = []
afterEach(async () => {
  for (const close of open.splice(0).reverse()) await close()
})

/** A server with its own process and an environment that holds secrets, as an operator starts it. */
async function startServer(database_url: string | null, env: Record<string, string>) {
  const cwd = mkdtempSync(join(tmpdir(), 'cadre-secrets-'))
  open.push(() => rmSync(cwd, { recursive: true, maxRetries: 5 }))
  const child = spawn(process.execPath, [join(import.meta.dirname, 'main.ts')], {
    cwd,
    env: {
      PATH: process.env.PATH,
      PORT: '0',
      CADRE_LOG_LEVEL: 'trace',
      CADRE_API_KEY: planted.api_key,
      CADRE_KEY: masterKey,
      CADRE_SECRET_WEB_SEARCH_KEY: planted.operator_secret,
      CADRE_SECRET_OTHER: planted.ungranted_secret,
      OPENAI_API_KEY: planted.environment_provider_key,
      ...(database_url === null ? {} : { DATABASE_URL: database_url }),
      ...env,
    },
  })
  const ended = once(child, 'close')
  open.push(async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGKILL')
    await ended
  })
  let output = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (text) => (output += text))
  while (!output.includes('\nTry:')) {
    const [what] = await Promise.race([once(child.stdout, 'data').then(() => ['more']), ended.then(() => ['ended'])])
    if (what === 'ended') throw new Error(output)
  }
  return { child, cwd, ended, url: /Cadre is at (\S+)/.exec(output)![1]!, output: () => output }
}

/** Of all processes below one: what they were started with. Linux only. */
function environmentsBelow(pid: number): string[] {
  const tasks = `/proc/${pid}/task`
  if (!existsSync(tasks)) return []
  const children = readdirSync(tasks).flatMap((task) => readFileSync(`${tasks}/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number))
  return children.flatMap((child) => {
    try {
      return [readFileSync(`/proc/${child}/environ`, 'utf8').replaceAll('\0', '\n'), ...environmentsBelow(child)]
    } catch {
      return [] // it has ended
    }
  })
}

/** Streams about everything have no end: what they said before they fell silent. */
async function textOf(response: Response): Promise<string> {
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) return response.text()
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader()
  for (let text = ''; ;) {
    const silence = Promise.withResolvers<null>()
    const timer = setTimeout(() => silence.resolve(null), 1_500)
    const next = await Promise.race([reader.read(), silence.promise])
    clearTimeout(timer)
    if (next === null) await reader.cancel()
    if (next === null || next.done) return text
    text += next.value
  }
}

function leaksIn(text: string): string[] {
  const found = Object.entries(planted).flatMap(([name, secret]) => (text.includes(secret) ? [name] : []))
  if (text.includes(masterKey)) found.push('master_key')
  const at = text.indexOf('hidden-')
  return found.length > 0 || at < 0 ? found : [`a part of one: ${text.slice(Math.max(0, at - 80), at + 80)}`]
}

test.each([
  ['SQLite', async () => null],
  ['Postgres', emptyPostgresUrl],
])(
  'a secret stands in no answer, log line, event, job, prompt, table or environment of a child, on %s',
  async (_, newUrl) => {
    const plain = await newUrl()
    const database_url = plain === null ? null : plain.replace('://cadre@', `://cadre:${planted.database_password}@`)
    const asked: string[] = []
    const replies = [() => ({ calls: tools.map(([tool, input], i) => ({ tool, input, id: `call_${i}` })) }), () => ({ text: 'done' })]
    let tools: [string, unknown][] = []
    const model = await startModelDouble((request) => {
      asked.push(JSON.stringify(request))
      return replies[Math.min((request.messages ?? []).filter(({ role }) => role === 'tool').length, 1)]!()
    })
    open.push(() => model.close())
    const headers: string[] = []
    const service = createServer((request, response) => {
      headers.push(String(request.headers['x-hidden']))
      response.writeHead(request.url?.includes('fails') ? 500 : 200, { 'content-type': 'application/json' }).end('{"error":"it does not work"}')
    }).listen(0, '127.0.0.1')
    await once(service, 'listening')
    open.push(() => service.close())
    const { port } = service.address() as AddressInfo

    const search = `http://127.0.0.1:${port}/fails`
    const server = await startServer(database_url, {
      CADRE_HOOK_WEB_SEARCH_URL: search,
      CADRE_HOOK_WEB_SEARCH_KIND: 'tavily',
      CADRE_RATE_LIMIT: 'off',
    })
    const answers: [string, string][] = []
    const problems: string[] = []
    async function call(method: string, path: string, body?: unknown, given: Record<string, string> = { 'x-api-key': planted.api_key! }) {
      const response = await fetch(`${server.url}${path}`, {
        method,
        headers: { ...given, ...(body === undefined ? {} : { 'content-type': 'application/json' }) },
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      })
      const said = await textOf(response)
      const text = `${[...response.headers].join('\n')}\n${said}`
      const isJson = response.headers.get('content-type')?.startsWith('application/json')
      // A key that is made is shown this once.
      if (path !== '/api/v1/keys' && path !== '/api/v1/tokens') answers.push([`${method} ${path.split('?')[0]}`, text])
      return { status: response.status, json: isJson ? JSON.parse(said) : null, text }
    }
    const create = async (path: string, body: object) => {
      const { status, text } = await call('POST', path, body)
      if (status >= 300) problems.push(`${path}: ${text}`)
    }

    await create('/api/v1/providers', { id: 'double', type: 'custom', base_url: model.url, api_key: planted.provider_key, default_model: 'double' })
    await create('/api/v1/providers', {
      id: 'broken',
      type: 'custom',
      base_url: 'http://127.0.0.1:1/v1',
      api_key: planted.broken_provider_key,
      default_model: 'm',
    })
    await create('/api/v1/connections', { name: 'sales', url: `postgres://reader:${planted.connection_password}@127.0.0.1:1/sales` })
    for (const [id, base_url, secret] of [
      ['works', `http://127.0.0.1:${port}/works`, planted.plugin_header],
      ['fails', `http://127.0.0.1:${port}/fails`, planted.plugin_header],
      ['closed', 'http://127.0.0.1:1/', planted.broken_plugin_header],
    ] as const) {
      const permissions = { network: [new URL(base_url).host] }
      const runtime = { type: 'http', base_url, headers: { 'x-hidden': secret } }
      await create('/api/v1/plugins', { id, name: id, version: '1.0.0', runtime, permissions, endpoints: [{ path: '/go', effect: 'read' }] })
    }
    await create('/api/v1/users', { email: 'ann@example.org', name: 'Ann', password: planted.user_password, role: 'owner' })
    const made = await call('POST', '/api/v1/keys', { name: 'a key' })
    planted.key_made = made.json.data.key
    await call('GET', '/api/v1/agents', undefined, { 'x-api-key': planted.key_made! })
    await call('POST', '/api/v1/sessions', { email: 'ann@example.org', password: planted.user_password }, {})
    await call('POST', '/api/v1/sessions', { email: 'ann@example.org', password: `${planted.user_password}x` }, {})
    await call('GET', '/api/v1/agents', undefined, { 'x-api-key': planted.wrong_key! })
    await call('GET', '/api/v1/agents', undefined, { authorization: `Bearer ${planted.bearer}` })
    await call('GET', `/api/v1/agents?api_key=${planted.url_key}`)
    await call('GET', `/api/v1/agents?limit=many&token=${planted.url_key}`)
    await call('POST', '/api/v1/providers', { id: 'x y', type: 'custom', api_key: planted.provider_key, base_url: 7 })
    await call('POST', '/api/v1/connections', { name: 'bad', url: `mysql://u:${planted.connection_password}@h/d` })
    await call('POST', '/api/v1/connections', { name: 'sales', url: `postgres://u:${planted.connection_password}@h/d` })

    // Where a URL is shown, it must hold no password.
    const inUrl = `http://user:${planted.url_password}@127.0.0.1:1/v1`
    await call('POST', '/api/v1/plugins', {
      id: 'in-url',
      name: 'x',
      version: '1.0.0',
      runtime: { type: 'http', base_url: inUrl },
      permissions: { network: ['127.0.0.1:1'] },
      endpoints: [{ path: '/go', effect: 'read' }],
    })

    const toolsOf = async (id: string) => (await call('GET', `/api/v1/plugins/${id}`)).json.data.endpoints as { path: string; tool: string }[]
    const toolOf = async (id: string, path: string) => (await toolsOf(id)).find((endpoint) => endpoint.path === path)!.tool
    tools = [
      [await toolOf('works', '/go'), {}],
      [await toolOf('fails', '/go'), {}],
      [await toolOf('closed', '/go'), {}],
      [await toolOf('database-query', '/query'), { connection: 'sales', sql: 'select 1' }],
      [await toolOf('database-query', '/query_rows'), { rows: [{ a: 1 }], sql: 'select * from rows' }],
      [await toolOf('web-search', '/search'), { query: 'cadre' }],
    ]
    const agent = { system_prompt: 'Use them all.', tools: ['works', 'fails', 'closed', 'database-query', 'web-search'] }
    await create('/api/v1/agents', { name: 'Busy', provider: 'double', ...agent })
    await create('/api/v1/agents', { name: 'Broken', provider: 'broken', ...agent, config: { max_retries: 0 } })
    const run = await call('POST', '/api/v1/agents/busy/run', { input: 'go' })
    expect(run.json.data.steps.map(({ action }: { action: string }) => action)).toHaveLength(tools.length)
    const stream = await call('POST', '/api/v1/agents/busy/run', { input: 'go', stream: true })
    expect(stream.text).toContain('run.ended')
    const broken = await call('POST', '/api/v1/agents/broken/run', { input: 'go' })
    expect(broken.json.data.status).toBe('failed')
    const children = environmentsBelow(server.child.pid!)

    // Whatever can be read, on both doors.
    const ids = { runId: run.json.data.run_id, idOrSlug: 'busy', id: 'works', name: 'sales', alias: 'x', provider: 'double', model: 'double' }
    for (const [group, entries] of Object.entries(contract))
      for (const [name, entry] of Object.entries(entries) as [string, { '~orpc': { route: { method?: string; path?: string } } }][]) {
        const { method = 'POST', path = '' } = entry['~orpc'].route
        if (method !== 'GET') continue
        await call('GET', `/api/v1${path.replaceAll(/\{(\w+)\}/g, (_, key: keyof typeof ids) => ids[key])}`)
        await call('POST', `/rpc/${group}/${name}`, { json: ids })
        await call('POST', `/rpc/${group}/${name}`, { json: {} })
      }
    for (const id of ['double', 'broken']) await call('POST', `/api/v1/providers/${id}/test`, {})
    await call('POST', '/api/v1/connections/sales/test', {})
    for (const id of ['works', 'fails', 'closed']) await call('POST', `/api/v1/plugins/${id}/invoke`, { path: 'go', input: {} })

    // Out as a file, and in again with a value.
    await call('POST', '/api/v1/plugins/export', {})
    const runtime = { type: 'http', base_url: 'https://api.example.com' }
    const manifest = { id: 'brought', name: 'Brought', version: '1.0.0', runtime, endpoints: [{ path: '/go' }] }
    const bring = async (approve: object) => {
      const secrets = { brought: { authorization: planted.imported_header } }
      const forgehooks = [{ manifest, secrets: ['authorization'] }]
      const answer = await call('POST', '/api/v1/plugins/import', { format: 'cadre-workspace-1', forgehooks, approve, secrets })
      return answer.json.data.items[0]
    }
    const { hash } = await bring({})
    expect(await bring({ brought: hash })).toMatchObject({ outcome: 'made' })

    // They were there to be leaked.
    expect(problems).toEqual([])
    expect(new Set(headers)).toContain(planted.plugin_header)
    expect(JSON.stringify(run.json)).not.toContain('sealed with another key')

    server.child.kill('SIGTERM')
    await server.ended
    const places: Record<string, string> = { log: server.output(), prompts: asked.join('\n'), children: children.join('\n') }
    for (const [what, text] of answers) places[`answer: ${what}`] = `${places[`answer: ${what}`] ?? ''}\n${text}`
    Object.assign(places, await tablesOf(database_url, server.cwd))
    for (const file of filesIn(server.cwd)) places[`file: ${file}`] = readFileSync(file, 'latin1')
    const leaks = Object.entries(places).flatMap(([place, text]) => leaksIn(text).map((secret) => `${secret} in ${place}`))
    expect(leaks).toEqual([])
    expect(places.log).toContain('"level":20') // it was talkative
    expect(places['answer: GET /api/v1/logs']).toContain('"level":"debug"') // and so was the stream of it
    if (process.platform === 'linux') expect(children.length).toBeGreaterThan(0) // the SQL guard's
  },
  60_000,
)

async function tablesOf(url: string | null, cwd: string): Promise<Record<string, string>> {
  const db = await openDatabase(url === null ? { file: join(cwd, 'data/cadre.db') } : { url })
  const found: Record<string, string> = {}
  for (const { name } of await db.read.introspection.getTables())
    found[`table: ${name}`] = JSON.stringify((await sql`select * from ${sql.table(name)}`.execute(db.read)).rows)
  await db.close()
  expect(Object.keys(found)).toContain('table: jobs')
  return found
}

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && !entry.name.endsWith('.lock'))
    .map((entry) => join(entry.parentPath, entry.name))
}
