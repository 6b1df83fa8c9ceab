import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundledHooks } from '@cadre/forgehooks'
import { CreateAgent } from '@cadre/contract/agents'
import { Manifest } from '@cadre/contract/manifest'
import type { Run, StartRun } from '@cadre/contract/runs'
import { pino } from 'pino'
import type { z } from 'zod'
import { localOwner, publicActor } from '../access/actor.ts'
import { buildApi } from '../api.ts'
import { type App, openApp } from '../app.ts'
import { type Config, loadConfig } from '../config.ts'
import { type EffectService, startEffectService } from './effect-service.ts'
import { type ModelDouble, type Script, startModelDouble } from './model-double.ts'

export const owner = localOwner({ ip: '127.0.0.1', user_agent: 'test' })
export const stranger = publicActor({ ip: '127.0.0.1', user_agent: 'test' })

/** Sets the environment of a whole Cadre on an empty data folder: the same parts as in production, a scripted model behind a real socket. */
export async function newWorld(
  options: {
    script?: Script
    database_url?: string | null
    now?: () => number
    probe?: App['probe']
    work?: boolean
    concurrency?: number
    failover?: Config['failover']
    secrets?: Config['secrets']
    max_queue?: number
    /** More of the environment. */
    env?: Record<string, string>
  } = {},
) {
  let script: Script = options.script ?? (() => ({ text: 'done' }))
  const model: ModelDouble = await startModelDouble((request, count) => script(request, count))
  const effects: EffectService = await startEffectService()
  const data = mkdtempSync(join(tmpdir(), 'cadre-world-'))
  const env = { ...options.env, CADRE_DATA_DIR: data, ...(options.database_url ? { DATABASE_URL: options.database_url } : {}) }
  const config: Config = {
    ...loadConfig({ env, cwd: data }),
    ...(options.concurrency ? { concurrency: options.concurrency } : {}),
    failover: options.failover ?? null,
    secrets: options.secrets ?? {},
    providers: [{ id: 'double', type: 'custom', base_url: model.url, default_model: 'double' }],
  }
  if (options.max_queue !== undefined) config.limits.max_queue = options.max_queue
  const running = await openApp(config, pino({ level: process.env['CADRE_TEST_LOG'] ?? 'silent' }), { bundledHooks, ...pick(options) })
  const { app } = running
  const api = buildApi(app)
  const worker = options.work === false ? undefined : await running.work()
  await api.plugins.add(owner, Manifest.parse(effects.manifest))

  return {
    app,
    api,
    model,
    effects,
    worker,
    data,
    says: (next: Script) => (script = next),
    agent: (change: Partial<z.input<typeof CreateAgent>> = {}) =>
      api.agents.create(
        owner,
        CreateAgent.parse({
          name: `agent ${crypto.randomUUID()}`,
          system_prompt: 'You are a test.',
          provider: 'double',
          model: 'double',
          tools: ['effects', 'calculator'],
          ...change,
        }),
      ),
    /** Starts a run and waits for its end. */
    async run(agent: { id: string }, { wait = 30, ...input }: Partial<StartRun> = {}, extra: { idempotency_key?: string } = {}): Promise<Run> {
      const signal = AbortSignal.timeout(wait * 1000 + 1000)
      return (await api.runs.start(owner, { idOrSlug: agent.id, input: 'go', stream: false, wait, ...input }, { ...extra, signal })) as Run
    },
    async close() {
      await running.close()
      await model.close()
      await effects.close()
    },
  }
}
export type World = Awaited<ReturnType<typeof newWorld>>

function pick({ now, probe }: { now?: () => number; probe?: App['probe'] }) {
  return { ...(now ? { now } : {}), ...(probe ? { probe } : {}) }
}
