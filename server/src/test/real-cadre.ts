import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { loadConfig } from '@cadre/core/config'
import { emptyPostgresUrl } from '@cadre/core/storage/test/databases'
import { onTestFinished } from 'vitest'
import { type Cadre, type CadreOptions, startCadre } from '../cadre.ts'
import { openLog } from '../log.ts'

/** The whole of Cadre on an empty database, on a free port. */
export async function realCadre(kind: 'SQLite' | 'Postgres', env: Record<string, string> = {}, options: Partial<CadreOptions> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'cadre-access-'))
  const database: Record<string, string> = kind === 'Postgres' ? { DATABASE_URL: await emptyPostgresUrl() } : {}
  const config = loadConfig({ env: { CADRE_DATA_DIR: folder, PORT: '0', CADRE_RATE_LIMIT: 'off', ...database, ...env }, cwd: folder })
  const cadre = await startCadre({ config, log: openLog('silent'), ...options })
  return {
    cadre,
    config,
    folder,
    at: callerOf(cadre),
    async stop() {
      await cadre.stop(0)
      rmSync(folder, { recursive: true, force: true })
    },
  }
}
export type RealCadre = Awaited<ReturnType<typeof realCadre>>

export type Answer = { status: number; code: string | undefined; error: string | undefined; data: any; headers: Headers; cookie: string | undefined }
export type Caller = (method: string, path: string, body?: unknown, headers?: Record<string, string>) => Promise<Answer>

export function callerOf({ url }: Cadre) {
  /** Calls with these headers each time. */
  return (always: Record<string, string> = {}): Caller =>
    async (method, path, body, headers = {}) => {
      const sent: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
      const response = await fetch(`${url}${path.startsWith('/') ? path : `/api/v1/${path}`}`, {
        method,
        headers: { ...sent, ...always, ...headers },
        body: body === undefined ? undefined : JSON.stringify(body),
        redirect: 'manual',
      })
      const text = await response.text()
      const isJson = text !== '' && /\/json\b/.test(response.headers.get('content-type') ?? '')
      // A file may hold nothing but null.
      const json = (isJson ? JSON.parse(text) : null) ?? { data: text }
      const cookie = response.headers.getSetCookie()[0]?.split(';')[0]
      return { status: response.status, code: json.code, error: json.error, data: json.data ?? json, headers: response.headers, cookie }
    }
}

export const owner = { email: 'olga@example.org', name: 'Olga', password: 'correct horse battery' }

/** A server with an owner who has logged in; `as` logs others in, whom it makes. */
export async function withOwner(kind: 'SQLite' | 'Postgres', env: Record<string, string> = {}, options: Partial<CadreOptions> = {}) {
  const server = await realCadre(kind, env, options)
  const made = await server.at()('POST', 'users', { ...owner, role: 'owner' })
  if (made.status !== 201) throw new Error(`the owner was not made: ${made.error}`)
  const json = { 'content-type': 'application/json' }
  const login = async (email: string, password: string, headers: Record<string, string> = {}) => {
    const answer = await server.at()('POST', 'sessions', { email, password }, headers)
    if (!answer.cookie) throw new Error(`no login: ${answer.error}`)
    return { cookie: answer.cookie, call: server.at({ cookie: answer.cookie, ...json }) }
  }
  const boss = await login(owner.email, owner.password)
  return {
    ...server,
    login,
    boss: boss.call,
    bossId: made.data.id as string,
    bossCookie: boss.cookie,
    async as(role: string, name = role) {
      const email = `${name}@example.org`
      const password = `the password of ${name}`
      const user = await boss.call('POST', 'users', { email, name, password, role })
      if (user.status !== 201) throw new Error(`${name} was not made: ${user.error}`)
      return { id: user.data.id as string, email, password, ...(await login(email, password)) }
    },
    key: async (caller: Caller, fields: Record<string, unknown> = {}) => {
      const answer = await caller('POST', 'keys', { name: 'k', ...fields })
      if (answer.status !== 201) throw new Error(`no key: ${answer.error}`)
      return { id: answer.data.id as string, text: answer.data.key as string, call: server.at({ 'x-api-key': answer.data.key }) }
    },
  }
}

/** The same for one test, which stops it. */
export async function startOwned(...given: Parameters<typeof withOwner>) {
  const server = await withOwner(...given)
  onTestFinished(server.stop)
  return server
}
