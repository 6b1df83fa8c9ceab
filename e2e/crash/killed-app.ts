// The app of a process that kills itself with SIGKILL at a named point: nothing is flushed, nothing is closed. CRASH_AT is `point:hit`,
// for example `tool.intent:3`; without it the process only works. What is imported below looks at the environment as it is imported.
process.env['NODE_ENV'] ??= 'production'
const { enableCompileCache } = await import('node:module')
enableCompileCache(process.env['CRASH_CACHE'])
const { pino } = await import('pino')
const { openApp } = await import('@cadre/core')
const { localOwner } = await import('@cadre/core/access/actor')
const { bundledHooks } = await import('@cadre/forgehooks')
const { loadConfig } = await import('@cadre/core/config')

const [point, hit] = (process.env['CRASH_AT'] ?? ':0').split(':')
let left = Number(hit)
export const probe = (at: string) => {
  if (at === point && --left === 0) process.kill(process.pid, 'SIGKILL')
}
const config = loadConfig({ env: process.env, cwd: process.cwd() })
const providers = [{ id: 'double', type: 'custom' as const, base_url: process.env['MODEL_URL'] ?? '', default_model: 'double' }]
export const { app, work } = await openApp({ ...config, providers }, pino({ level: 'error' }, pino.destination(2)), { bundledHooks, probe })
export const actor = localOwner({ ip: null, user_agent: 'crash suite' })
