import type { HookEndpoint } from '@cadre/contract/manifest'
import { HookThread } from '../embedded/embedded-thread.ts'
import type { FromThread } from '../embedded/hook-messages.ts'
import { sandboxThreads } from './code-runtime.ts'

/**
 * What one handler says of itself (defineHook); only `path` where it is a bare function, and `point` where it is a lifecycle hook. Not yet
 * checked against the manifest's schema.
 */
export type DescribedEndpoint = { path: string; point?: string } & Partial<Omit<HookEndpoint, 'path' | 'request' | 'mcp'>>

const timeMs = 5_000
const memoryMb = 256
const mostBytes = 4_000_000

/**
 * Compiles the source of a module in the sandbox and evaluates it, and looks whether its default export has a handler for each path.
 * Throws Error in words: the line and column where it cannot be compiled.
 */
export async function checkSource(source: string, paths: string[]): Promise<void> {
  const found = new Set((await describeSource(source)).map(({ path }) => path))
  const missing = paths.filter((path) => !found.has(path))
  const there = found.size > 0 ? `it has ${[...found].slice(0, 20).join(', ')}` : 'it has none'
  if (missing.length > 0) throw new Error(`the default export has no handler for ${missing.join(', ')}; ${there}`)
}

/** What the default export of a module declares, evaluated in the sandbox. Throws Error in words. */
export async function describeSource(source: string): Promise<DescribedEndpoint[]> {
  const thread = new HookThread(memoryMb, await sandboxThreads())
  thread.busy()
  const clock = { timer: undefined as NodeJS.Timeout | undefined }
  try {
    return await new Promise<DescribedEndpoint[]>((resolve, reject) => {
      clock.timer = setTimeout(() => reject(new Error(`it takes longer than ${timeMs} ms to load`)), timeMs)
      thread.events = {
        died: (reason) => reject(new Error(`it cannot be loaded: ${reason}`)),
        message: (message) => heard(thread, message, resolve, reject),
      }
      thread.send({ type: 'load', entry: 'source', source })
    })
  } finally {
    clearTimeout(clock.timer)
    await thread.end()
  }
}

function heard(thread: HookThread, message: FromThread, resolve: (found: DescribedEndpoint[]) => void, reject: (error: Error) => void) {
  if (message.type === 'loaded' && message.error !== null) reject(new Error(message.error))
  else if (message.type === 'loaded') thread.send({ type: 'inspect', id: 1, entry: 'source', max_bytes: mostBytes })
  else if (message.type === 'done') resolve(JSON.parse(message.output) as DescribedEndpoint[])
  else if (message.type === 'failed') reject(new Error(`it cannot be loaded: ${message.failure.message}${placeOf(message.failure.stack)}`))
}

/** The first line of the user's own source in a stack. */
function placeOf(stack = ''): string {
  const [, line, column] = /tool\.js:(\d+):(\d+)/.exec(stack) ?? []
  return line ? ` (line ${line}, column ${column})` : ''
}
