import type { AddressInfo } from 'node:net'
import { systemActor } from '@cadre/core/access/actor'
import type { Limits } from '@cadre/core/access/limits/limits'
import type { NoteRefusal } from '@cadre/core/access/refusals'
import type { Resolver } from '@cadre/core/access/open-access'
import type { Config } from '@cadre/core/config'
import { type Access, openAccess } from './access.ts'
import { buildHttp } from './http.ts'
import type { Log } from './log.ts'
import type { OutsideLogin } from './oidc.ts'
import type { Api } from './router.ts'
import { openWeb, webFolder } from './web.ts'

/** The core behind the doors, as `createApp` of @cadre/core gives it. */
export type Core = {
  api: Api
  access: Resolver
  /** A token of one use with which the first owner is made. */
  setupToken?(): Promise<string>
  /** Where people may log in at another server. */
  outside?: OutsideLogin
  /** Takes up work. */
  start(): Promise<unknown>
  /** Lets what runs come to its end, at most so long; what is left over is taken up by whoever comes next. */
  drain(ms: number): Promise<unknown>
  close(): Promise<unknown>
  /** Undefined where nothing is limited. */
  limits?: Limits
  /** Writes down that a caller was refused. */
  refused?: NoteRefusal
}

export type ServerOptions = {
  config: Pick<Config, 'host' | 'port' | 'auth' | 'allowed_hosts' | 'body_limit'>
  core: Core
  log: Log
  keep_alive_ms?: number
  /** How often the credential of an open stream is looked at again. */
  recheck_ms?: number
  /** How long a reader may take nothing of what waits for it. */
  stall_ms?: number
  /** Where the built pages are. */
  web?: string
}
export type Server = { url: string; port: number; stop(drainMs?: number): Promise<void> }

/** A failed start, in one sentence for a person. */
export class StartError extends Error {
  override name = 'StartError'
}

/** How long open streams and waiting calls have to end once they are asked to. */
const goodbyeMs = 500

/** Listens first and says "starting", so that a taken port is known before any run is taken up. The core is the caller's to close if this throws. */
export async function startServer({
  config,
  core,
  log,
  keep_alive_ms = 10_000,
  recheck_ms = 30_000,
  stall_ms,
  web = webFolder,
}: ServerOptions): Promise<Server> {
  let state: 'starting' | 'ready' | 'draining' = 'starting'
  const check = async () => {
    await core.api.agents.list(systemActor, { limit: 1 }, { signal: AbortSignal.timeout(5_000) })
  }
  const access = openAccess({ ...config, public_url: config.auth.public_url }, core.access)
  const http = buildHttp({
    api: core.api,
    access,
    jwks: () => core.access.jwks(),
    oidc: await oidcPages(config, core, access, log),
    log,
    web: openWeb(web),
    body_limit: config.body_limit,
    limits: core.limits,
    refused: core.refused,
    stall_ms,
    keep_alive_ms,
    recheck_ms,
    state: () => state,
    check,
  })
  try {
    await http.server.listen({ host: config.host, port: config.port })
  } catch (error) {
    await http.server.close()
    throw new StartError(listenProblem(error as NodeJS.ErrnoException, config))
  }
  const { port } = http.server.server.address() as AddressInfo
  try {
    await core.start()
  } catch (error) {
    await http.server.close()
    throw error
  }
  state = 'ready'

  let stopped: Promise<void> | undefined
  async function stop(drainMs: number) {
    state = 'draining'
    const closed = http.server.close()
    try {
      await core.drain(drainMs)
    } finally {
      http.endCalls()
      const last = setTimeout(() => http.server.server.closeAllConnections(), goodbyeMs)
      await closed
      clearTimeout(last)
      await core.close()
    }
  }
  // "All addresses" is none that a caller can use.
  const named = config.host === '0.0.0.0' || config.host === '::' ? '127.0.0.1' : config.host
  const host = named.includes(':') ? `[${named}]` : named
  return { url: `http://${host}:${port}`, port, stop: (drainMs = 8_000) => (stopped ??= stop(drainMs)) }
}

// Its library takes 20 ms to load, which a server without it does not pay.
async function oidcPages({ auth }: ServerOptions['config'], { outside }: Core, access: Access, log: Log) {
  if (!auth.oidc || !outside) return null
  const { openOidc } = await import('./oidc.ts')
  return openOidc(auth.oidc, auth.public_url, outside, access, log)
}

function listenProblem({ code, message }: NodeJS.ErrnoException, { host, port }: { host: string; port: number }) {
  if (code === 'EADDRINUSE') return `Port ${port} on ${host} is taken; stop what uses it or set PORT`
  if (code === 'EACCES') return `Port ${port} on ${host} is not allowed for this user; set PORT to one above 1023`
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') return `HOST: ${host} is no address of this machine`
  return `Listening on ${host}:${port} failed: ${message}`
}
