// A process that stores messages and lets agents answer them, and kills itself at a named point with SIGKILL; else as crash-worker.ts.
process.env['NODE_ENV'] ??= 'production'
const { enableCompileCache } = await import('node:module')
enableCompileCache(process.env['CRASH_CACHE'])
const { pino } = await import('pino')
const { openApp } = await import('@cadre/core')
const { buildApi } = await import('@cadre/core/api')
const { localOwner } = await import('@cadre/core/access/actor')
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
const api = buildApi(app)
await work()

const actor = localOwner({ ip: null, user_agent: 'crash suite' })
export type Saying = { room: string; content: string }
process.on('message', async ({ room, content }: Saying) => {
  try {
    await api.messages.send(actor, { conversationId: room, content, attachments: [], client_key: content })
    process.send?.({ content })
  } catch (error) {
    process.send?.({ content, error: String(error) })
  }
})
process.send?.('ready')
