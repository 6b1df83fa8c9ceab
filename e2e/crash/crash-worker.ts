// A worker process that kills itself at a named point of a run, as hard as a power cut kills a process: SIGKILL, nothing is flushed.
// CRASH_AT is `point:hit`, for example `tool.intent:3`; without it the worker only works.
process.env['NODE_ENV'] ??= 'production'
const { enableCompileCache } = await import('node:module')
enableCompileCache(process.env['CRASH_CACHE'])
const { pino } = await import('pino')
const { openApp } = await import('@cadre/core')
const { bundledHooks } = await import('@cadre/forgehooks')
const { loadConfig } = await import('@cadre/core/config')

const [point, hit] = (process.env['CRASH_AT'] ?? ':0').split(':')
let left = Number(hit)
const probe = (at: string) => {
  if (at === point && --left === 0) process.kill(process.pid, 'SIGKILL')
}
const config = loadConfig({ env: process.env, cwd: process.cwd() })
const running = await openApp(config, pino({ level: 'warn' }, pino.destination(2)), { bundledHooks, probe })
await running.work()
process.send?.('ready')
process.on('message', (message) => {
  if (message === 'wake') running.app.wakeWorkers()
})
