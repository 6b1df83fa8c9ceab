import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { freePort } from '@cadre/core/test/free-port'

const root = join(import.meta.dirname, '../..')

/** A program of ours that serves HTTP in a process of its own. */
export type ServerProcess = { url: string; pid: number; stop(): Promise<number | null> }

/** The real server on a data folder of its own, deaf to the settings of whoever started it. */
export async function startCadre(dataDir: string, extra: NodeJS.ProcessEnv = {}): Promise<ServerProcess> {
  const port = await freePort()
  const own = /^(CADRE_|OPENAI_|ANTHROPIC_)|^(PORT|HOST|DATABASE_URL)$/
  const inherited = Object.fromEntries(Object.entries(process.env).filter(([name]) => !own.test(name)))
  const env = {
    ...inherited,
    NODE_ENV: 'production',
    HOST: '127.0.0.1',
    PORT: String(port),
    CADRE_DATA_DIR: dataDir,
    CADRE_LOG_LEVEL: 'warn',
    CADRE_RATE_LIMIT: 'off', // what is measured is not a limit
    ...extra,
  }
  // Started in the data folder, where there is no .env and no cadre.yaml.
  return startProgram(join(root, 'server/src/main.ts'), { env, cwd: dataDir, url: `http://127.0.0.1:${port}`, ready: '/readyz' })
}

export async function startProgram(
  file: string,
  { url, ready, ...options }: { env: NodeJS.ProcessEnv; cwd?: string; url: string; ready: string },
): Promise<ServerProcess> {
  const child = spawn(process.execPath, [file], { ...options, stdio: ['ignore', 'pipe', 'pipe'] })
  let said = ''
  for (const stream of [child.stdout, child.stderr]) stream.setEncoding('utf8').on('data', (chunk: string) => (said = (said + chunk).slice(-4000)))
  const stop = stopper(child)
  const deadline = Date.now() + 60_000
  while (!(await answers(url + ready))) {
    if (child.exitCode !== null || child.signalCode !== null) throw new Error(`${file} ended before it was ready:\n${said.trim()}`)
    if (Date.now() > deadline) {
      await stop()
      throw new Error(`${file} did not answer ${ready} within 60 s:\n${said.trim()}`)
    }
    await delay(5)
  }
  return { url, pid: child.pid ?? 0, stop }
}

/** SIGTERM, and after 15 s SIGKILL. Gives the exit code; null when it had to be killed. */
function stopper(child: ChildProcess) {
  const ended = once(child, 'exit')
  atExit(() => child.kill('SIGKILL'))
  return async () => {
    child.kill('SIGTERM')
    const timer = setTimeout(() => child.kill('SIGKILL'), 15_000)
    await ended
    clearTimeout(timer)
    return child.exitCode
  }
}

async function answers(url: string) {
  try {
    const response = await fetch(url)
    await response.arrayBuffer()
    return response.ok
  } catch {
    return false
  }
}

export function temporaryFolder(name: string): { path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), `cadre-${name}-`))
  const remove = () => rmSync(path, { recursive: true, force: true })
  atExit(remove)
  return { path, remove }
}

const leftovers: (() => void)[] = []

/** Also at Ctrl-C and SIGTERM, which would otherwise end this process with its children still running. Children before folders. */
function atExit(clean: () => void) {
  if (leftovers.length === 0) {
    process.on('exit', () => leftovers.toReversed().forEach((leftover) => leftover()))
    process.on('SIGINT', () => process.exit(130))
    process.on('SIGTERM', () => process.exit(143))
  }
  leftovers.push(clean)
}

/** One call of the API under /api/v1; gives `data` of the envelope or throws what the server said. */
export async function api<T>(url: string, method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' }
  const response = await fetch(`${url}/api/v1${path}`, { method, headers, body: body === undefined ? undefined : JSON.stringify(body) })
  const answer = (await response.json()) as { success: boolean; data: T; error?: string }
  if (!response.ok || !answer.success) throw new Error(`${method} ${path} answered ${response.status}: ${answer.error ?? JSON.stringify(answer)}`)
  return answer.data
}
