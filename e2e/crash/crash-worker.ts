// A process that takes runs and executes them, and kills itself at a named point of a run with SIGKILL: nothing is flushed, nothing is
// closed. CRASH_AT is `point:hit`, for example `tool.intent:3`; without it the process only works.
process.env['NODE_ENV'] ??= 'production'
const { enableCompileCache } = await import('node:module')
enableCompileCache(process.env['CRASH_CACHE'])
const { pino } = await import('pino')
const { openApp } = await import('@cadre/core')
const { localOwner } = await import('@cadre/core/access/actor')
const { startRun } = await import('@cadre/core/runs/start-run')
const { bundledHooks } = await import('@cadre/forgehooks')
const { loadConfig } = await import('@cadre/core/config')

const [point, hit] = (process.env['CRASH_AT'] ?? ':0').split(':')
let left = Number(hit)
const probe = (at: string) => {
  if (at === point && --left === 0) process.kill(process.pid, 'SIGKILL')
}
const config = loadConfig({ env: process.env, cwd: process.cwd() })
const providers = [{ id: 'double', type: 'custom' as const, base_url: process.env['MODEL_URL'] ?? '', default_model: 'double' }]
const { app, work } = await openApp({ ...config, providers }, pino({ level: 'error' }, pino.destination(2)), { bundledHooks, probe })
await work()

const actor = localOwner({ ip: null, user_agent: 'crash suite' })
export type Order = { key: string; agent: string; input: string; stream: boolean }
process.on('message', async (order: Order) => {
  try {
    probe('run.enqueueing')
    const run_id = await startRun(
      app,
      actor,
      { idOrSlug: order.agent, input: order.input, stream: order.stream, data: undefined, output_schema: undefined },
      order.key,
    )
    process.send?.({ key: order.key, run_id })
  } catch (error) {
    process.send?.({ key: order.key, error: String(error) })
  }
})
process.send?.('ready')
