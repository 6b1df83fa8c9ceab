import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { onTestFinished } from 'vitest'

export const bin = join(import.meta.dirname, '../../bin/cadre.js')

export type Result = { code: number | null; stdout: string; stderr: string }
export type Settings = { url?: string; env?: NodeJS.ProcessEnv; stdin?: string | Uint8Array; cwd?: string; node?: string }

/** The real command in a process of its own, deaf to the settings of whoever runs the tests. */
export async function cadre(args: string[], settings: Settings = {}): Promise<Result> {
  const child = startCadre(args, settings)
  const [stdout, stderr] = await Promise.all([text(child.stdout!), text(child.stderr!), child.exitCode === null ? once(child, 'close') : undefined])
  return { code: child.exitCode, stdout, stderr }
}

export function startCadre(args: string[], { url, env = {}, stdin = '', cwd, node = process.execPath }: Settings = {}): ChildProcess {
  const own = /^(CADRE_|OPENAI_|ANTHROPIC_)|^(PORT|HOST|DATABASE_URL|NO_COLOR|FORCE_COLOR)$/
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
  const child = spawn(node, [bin, ...args], {
    cwd,
    env: { ...inherited, ...(url ? { CADRE_URL: url } : {}), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  // A command that fails early closes its input unread.
  child.stdin.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') throw error
  })
  child.stdin.end(stdin)
  onTestFinished(() => void child.kill('SIGKILL'))
  return child
}

/** Resolves when the stream has said this. */
export async function said(stream: NodeJS.ReadableStream, words: string): Promise<string> {
  let heard = ''
  stream.setEncoding('utf8')
  while (!heard.includes(words)) {
    const [chunk] = (await Promise.race([once(stream, 'data'), once(stream, 'end').then(() => [undefined])])) as [string | undefined]
    if (chunk === undefined) throw new Error(`it ended without saying ${JSON.stringify(words)}: ${heard}`)
    heard += chunk
  }
  return heard
}
