import { Worker } from 'node:worker_threads'

const timeMs = 10_000
const mostKept = 100
const kept = new Map<string, Promise<string>>()

/**
 * TypeScript without its types: what stood on a line still does. Throws an Error in words that name the line.
 *
 * Node's own parser does the work, in a thread of its own: deeply nested source makes it run out of its stack, after which it fails for
 * every later source of the same thread, the server's own files among them (Node 24.21: "memory access out of bounds").
 */
export function stripTypes(source: string): Promise<string> {
  const known = kept.get(source)
  if (known) return known
  const stripped = stripApart(source)
  if (kept.size >= mostKept) kept.clear()
  kept.set(source, stripped)
  stripped.catch(() => kept.delete(source))
  return stripped
}

async function stripApart(source: string): Promise<string> {
  const worker = new Worker(new URL('./strip-thread.mjs', import.meta.url), {
    workerData: source,
    env: {},
    argv: [],
    execArgv: [],
    name: 'cadre-types',
    stdout: true,
    stderr: true,
  })
  let clock: NodeJS.Timeout | undefined
  try {
    return await new Promise<string>((resolve, reject) => {
      clock = setTimeout(() => reject(new Error(`its types take longer than ${timeMs} ms to read`)), timeMs)
      worker.on('message', ({ code, error }: { code: string | null; error: string }) => (code === null ? reject(new Error(error)) : resolve(code)))
      worker.on('error', (error) => reject(new Error(`its types cannot be read: ${error.message}`)))
    })
  } finally {
    clearTimeout(clock)
    await worker.terminate()
  }
}
