// The entry of the server. Nothing is imported statically but what Node has: NODE_ENV must be set before VoltAgent is imported
// (it would fetch a model list from the internet), and the compile cache before anything that is worth caching.
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

process.env.NODE_ENV ??= 'production'
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/cadre'))
const { startFailed } = await import('./process.ts')
try {
  const [command, ...rest] = process.argv.slice(2)
  if (command === 'keys') await (await import('./keys.ts')).runKeys(rest)
  else if (command === 'database') (await import('./database-command.ts')).runDatabase(rest)
  else await (await import('./run.ts')).runServer()
} catch (error) {
  startFailed(error)
}

export {}
