import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'

export const bin = join(import.meta.dirname, '../../bin/cadre.js')

export type Result = { code: number | null; stdout: string; stderr: string }
export type Settings = { url?: string; env?: NodeJS.ProcessEnv; stdin?: string | Uint8Array; cwd?: string; nodeArgs?: string[] }

/** The real command in a process of its own, deaf to the settings of whoever runs the tests. */
export async function cadre(args: string[], settings: Settings = {}): Promise<Result> {
  const child = startCadre(args, settings)
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!), child.exitCode === null ? once(child, 'close') : undefined])
  return { code: child.exitCode, stdout, stderr }
}

export function startCadre(args: string[], { url, env = {}, stdin = '', cwd, nodeArgs = [] }: Settings = {}): ChildProcess {
  const own = /^(CADRE_|OPENAI_|ANTHROPIC_)|^(PORT|HOST|DATABASE_URL|NO_COLOR|FORCE_COLOR)$/
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
  const environment = { ...inherited, ...(url ? { CADRE_URL: url } : {}), ...env }
  // The time is for what hangs: no test may leave a process behind.
  const child = spawn(process.execPath, [...nodeArgs, bin, ...args], {
    cwd,
    env: environment,
    stdio: ['pipe', 'pipe', 'pipe'],
    timeout: 50_000,
    killSignal: 'SIGKILL',
  })
  // A command that fails early closes its input unread.
  child.stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  child.stdin.end(stdin)
  return child
}

/** Everything that a stream says from now on. */
export function hear(stream: NodeJS.ReadableStream) {
  const heard = { text: '', until }
  let changed = Promise.withResolvers<void>()
  let ended = false
  const change = () => {
    changed.resolve()
    changed = Promise.withResolvers()
  }
  stream.setEncoding('utf8').on('data', (chunk: string) => {
    heard.text += chunk
    change()
  })
  stream.on('end', () => {
    ended = true
    change()
  })
  async function until(words: string) {
    while (!heard.text.includes(words)) {
      if (ended) throw new Error(`it ended without saying ${JSON.stringify(words)}: ${heard.text}`)
      await changed.promise
    }
    return heard.text
  }
  return heard
}
