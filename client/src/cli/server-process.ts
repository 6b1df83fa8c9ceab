import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { text } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import type { Command } from 'commander'
import { exitCode, InputError, UsageError } from './exit-codes.ts'

/** The settings that the server and its workers take; it checks their values itself. */
export const serverOptions = [
  ['--port <port>', 'the port (PORT; default 4000)'],
  ['--host <host>', 'the address to listen on (HOST; default 127.0.0.1)'],
  ['--data-dir <folder>', 'where its data is (CADRE_DATA_DIR; default ./data)'],
  ['--database-url <url>', 'a Postgres URL in place of SQLite (DATABASE_URL)'],
  ['--workers <n>', 'worker processes beside the server (CADRE_WORKERS; default 0)'],
  ['--concurrency <n>', 'runs at once in one process (CADRE_CONCURRENCY)'],
  ['--log-level <level>', 'trace, debug, info, warn, error, fatal or silent (CADRE_LOG_LEVEL)'],
  ['--config <file>', 'the settings file (CADRE_CONFIG; default ./cadre.yaml)'],
] as const

export function addServer(program: Command) {
  const entries = [
    ['start', 'main', 'start a server on this machine; Ctrl-C stops it in good order'],
    ['worker', 'worker-main', 'start a worker process: it takes runs from the database and has no door'],
  ] as const
  for (const [name, entry, description] of entries) {
    const command = program.command(name).description(description)
    for (const [flags, help] of serverOptions) command.option(flags, help)
    command.addHelpText('after', `\nExamples:\n  cadre ${name} --data-dir /srv/cadre --log-level warn`).action(async () => {
      process.exitCode = await runServer(entry, settingsOf(command))
    })
  }
}

/** @param only these options, by their long names; without it all. */
export function settingsOf(command: Command, only?: Set<string | undefined>) {
  return command.options.flatMap((option) => {
    const value: unknown = command.getOptionValue(option.attributeName())
    return option.long && typeof value === 'string' && (only?.has(option.long) ?? true) ? [option.long, value] : []
  })
}

/** The server in a process of its own, on the same Node. It gets our signals and we end as it does. */
export async function runServer(entry: string, settings: string[]): Promise<number> {
  const file = findServer(entry)
  if (!file) {
    process.stderr.write('cadre: the server is not part of this installation (the package @cadre/server is missing).\n')
    return exitCode.error
  }
  // CADRE_URL is a setting of this command alone; the server would warn that it does not know it.
  const child = spawn(process.execPath, [file, ...settings], { stdio: 'inherit', env: { ...process.env, CADRE_URL: undefined } })
  // A terminal sends its Ctrl-C to the child as well; the server takes two at once for one.
  const forward = (signal: NodeJS.Signals) => child.kill(signal)
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const
  for (const signal of signals) process.on(signal, forward)
  try {
    return await new Promise((resolve, reject) => {
      child.on('error', reject)
      child.on('exit', (code, signal) => resolve(code ?? 128 + (signal ? constants.signals[signal] : 1)))
    })
  } finally {
    for (const signal of signals) process.off(signal, forward)
  }
}

/** A short work of the server's own, on its data: gives what it writes. What it refuses is thrown. */
export async function runLocally(entry: string, settings: string[], input: string): Promise<string> {
  const file = findServer(entry)
  if (!file) throw new UsageError('the server is not part of this installation (the package @cadre/server is missing)')
  const child = spawn(process.execPath, [file, ...settings], { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, CADRE_URL: undefined } })
  child.stdin.on('error', () => {}) // it ended before it had read all; its exit code tells
  child.stdin.end(input)
  const [said, complaint] = await Promise.all([text(child.stdout), text(child.stderr), child.exitCode === null ? once(child, 'close') : null])
  if (child.exitCode === 0) return said
  throw new InputError(
    complaint
      .trim()
      .split('\n')
      .at(-1)
      ?.replace(/^cadre: /, '') ?? `it ended with ${child.exitCode}`,
  )
}

/** By its name, as npm put it there: the client does not import the server. */
function findServer(entry: string) {
  let file: string
  try {
    file = fileURLToPath(import.meta.resolve(`@cadre/server/${entry}`))
  } catch {
    return undefined
  }
  return existsSync(file) ? file : undefined
}
