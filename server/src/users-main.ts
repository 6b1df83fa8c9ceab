// The entry of `cadre users … --local`; see main.ts for the order of things.
import { enableCompileCache } from 'node:module'
import { join } from 'node:path'

process.env.NODE_ENV ??= 'production'
enableCompileCache(join(import.meta.dirname, '../../node_modules/.cache/cadre'))
try {
  const { runUsersCommand } = await import('./users-command.ts')
  await runUsersCommand()
} catch (error) {
  process.stderr.write(`cadre: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}\n`)
  process.exit(1)
}

export {}
