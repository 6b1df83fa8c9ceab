import { join } from 'node:path'
import { systemActor } from '@cadre/core/access/actor'
import { printableSetupToken } from '@cadre/core/access/users/first-owner'
import { loginOutside } from '@cadre/core/access/oidc/login-outside'
import { buildApi } from '@cadre/core/api'
import { openApp, type RunningApp } from '@cadre/core'
import type { Config } from '@cadre/core/config'
import type { LogTail } from '@cadre/core/telemetry/log-tail'
import { databaseFile } from '@cadre/core/open-configured-database'
import { removeUnfinished } from '@cadre/core/storage/convert-sqlite'
import { lockDataFolder, makeDataFolder } from '@cadre/core/storage/data-folder'
import { bundledHooks } from '@cadre/forgehooks'
import type { Log } from './log.ts'
import { type Core, type Server, startServer } from './server.ts'
import { superviseWorkers } from './supervise.ts'
import { connectToServer, connectWorkers, fromWorker } from './worker-channel.ts'

export type CadreOptions = {
  config: Config
  log: Log
  /** What that log writes, for whoever follows it. */
  logs?: LogTail
  /** The command line, for the worker processes to read the same settings. */
  argv?: string[]
  keep_alive_ms?: number
  recheck_ms?: number
}
export type Cadre = Server & { core: Core }

/** The whole of Cadre in this process, and its worker processes where the settings ask for them. Throws one sentence for a person. */
export async function startCadre({ config, log, logs, argv = [], keep_alive_ms, recheck_ms }: CadreOptions): Promise<Cadre> {
  const lock = lockDataFolder(config.data_dir, 'server')
  let running: RunningApp | undefined
  try {
    removeUnfinished(databaseFile(config))
    running = await openApp(config, log, { bundledHooks, logs })
    const core = coreOf(running, config, log, argv)
    const server = await startServer({ config, core, log, keep_alive_ms, recheck_ms })
    return { ...server, core, stop: (drainMs?: number) => server.stop(drainMs).finally(lock.release) }
  } catch (error) {
    await running?.close()
    lock.release()
    throw error
  }
}

function coreOf(running: RunningApp, config: Config, log: Log, argv: string[]): Core {
  let drain: Core['drain'] = async () => undefined
  return {
    api: buildApi(running.app),
    access: running.app.access,
    setupToken: () => printableSetupToken(running.app),
    outside: { fetch: running.app.outsideFetch, login: (...asked) => loginOutside(running.app, ...asked) },
    limits: running.app.limits,
    refused: running.app.access.refused,
    start: async () => {
      if (config.workers > 0) {
        const onMessage = (message: unknown) => fromWorker(running.app, message)
        const workers = superviseWorkers({ count: config.workers, entry: join(import.meta.dirname, 'worker-main.ts'), argv, log, onMessage })
        connectWorkers(running.app, workers)
        drain = (ms) => workers.stop(ms)
      } else {
        const worker = await running.work()
        drain = (ms) => worker.drain(ms)
      }
    },
    drain: (ms) => drain(ms),
    close: running.close,
  }
}

/** A worker process: the same parts and no door. */
export async function startWorkerOnly(config: Config, log: Log, logs: LogTail) {
  makeDataFolder(config.data_dir)
  const running = await openApp(config, log, { bundledHooks, logs })
  try {
    const worker = await running.work()
    connectToServer(running.app)
    return {
      stop: async (drainMs: number) => {
        await worker.drain(drainMs)
        await running.close()
      },
    }
  } catch (error) {
    await running.close()
    throw error
  }
}

/** What a person wants to see first: where it is, what it can think with, and a line to paste. */
export async function greeting({ url, core }: Cadre): Promise<string> {
  const mode = await core.access.mode()
  const { items } = await core.api.providers.list(systemActor, undefined, { signal: AbortSignal.timeout(10_000) })
  const models = items.filter(({ usable }) => usable).map(({ id, default_model }) => (default_model ? `${id}/${default_model}` : id))
  const where = [`Cadre is at ${url}`, `Models: ${models.join(', ') || 'none'}`]
  const key = mode === 'open' ? '' : ' -H "X-API-Key: $CADRE_API_KEY"'
  const call = (path: string, body: object, header = key) =>
    `curl -s ${url}/api/v1/${path}${header} -H 'Content-Type: application/json' -d '${JSON.stringify(body)}'`
  if (mode === 'locked' && core.setupToken) {
    const setup = call('setup', { token: await core.setupToken(), email: 'you@example.org', name: 'You', password: '...' }, '')
    return [
      ...where,
      'It has no owner yet and lets nobody in. Make one within a day, by',
      `        ${setup}`,
      'or on this machine by',
      '        cadre users create you@example.org --name You --local',
    ].join('\n')
  }
  const make = call('agents', { name: 'Helper', system_prompt: 'You help with numbers.', tools: ['calculator'] })
  const ask = call('agents/helper/run', { input: 'What is 12 * 7?' })
  return [...where, `Try:    ${make} && ${ask}`].join('\n')
}
