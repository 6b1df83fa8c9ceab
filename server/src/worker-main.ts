// The entry of a worker process; see main.ts for the order of things.
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

process.env.NODE_ENV ??= 'production'
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/cadre'))
const { startFailed } = await import('./process.ts')
try {
  const { runWorker } = await import('./run.ts')
  await runWorker()
} catch (error) {
  startFailed(error)
}

export {}
