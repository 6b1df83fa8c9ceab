/**
 * The first thing that every npm script runs. It runs on any Node from 20 on and needs no package: it installs what is missing,
 * then starts what was asked for on the Node of this project (node_modules/node, version 24).
 *
 * The child is started by its path, not by `setup && node x`: in one npm script the shell remembers where it found the first `node`
 * and would go on with the old one.
 */
import { spawn, spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const pinnedNode = join(root, 'node_modules', 'node', 'bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** What each npm script starts, whether it needs the tools that a production install leaves out, and whether it shows the pages. */
const targets = {
  start: { file: 'server/src/main.ts', dev: false, pages: true, env: { NODE_ENV: 'production' } },
  demo: { file: 'scripts/demo.ts', dev: false },
  test: { file: 'scripts/test.ts', dev: true, pages: true },
  check: { file: 'scripts/check.ts', dev: true, pages: true },
  bench: { file: 'bench/src/main.ts', dev: false },
  format: { file: 'node_modules/oxfmt/bin/oxfmt', dev: true },
  'schema:dump': { file: 'core/src/storage/test/write-schema.ts', dev: true },
}

const [name = '', ...args] = process.argv.slice(2)
const target = Object.hasOwn(targets, name) ? targets[name] : undefined
if (!target) fail(`scripts/setup.mjs: unknown target '${name}'; it is one of ${Object.keys(targets).join(', ')}.`)

if (!isInstalled(target.dev)) install()
if (target.pages && arePagesOld()) buildPages(chooseNode())
run(chooseNode())

/**
 * npm writes node_modules/.package-lock.json as the last act of an install. Where it agrees with package-lock.json there is nothing to
 * do, whoever did the install. Optional packages are left out: npm may rightly have skipped them on this machine.
 */
function isInstalled(withDev) {
  if (!chooseNode()) return false
  let wanted, found
  try {
    wanted = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8')).packages
    found = JSON.parse(readFileSync(join(root, 'node_modules', '.package-lock.json'), 'utf8')).packages
  } catch {
    return false
  }
  return Object.entries(wanted).every(([path, entry]) => {
    if (!path.includes('node_modules/') || entry.optional || entry.devOptional || (entry.dev && !withDev)) return true
    return entry.link ? existsSync(join(root, path)) : found[path]?.version === entry.version
  })
}

/** The pinned Node; in an install without it (`npm ci --omit=dev`) the running one, if it is new enough. */
function chooseNode() {
  if (existsSync(pinnedNode)) return pinnedNode
  return Number(process.versions.node.split('.')[0]) >= 24 ? process.execPath : undefined
}

function install() {
  process.stderr.write('Installing what Cadre needs (npm ci; once, about half a minute) ...\n')
  // Under `npm run`, npm says where it is itself; `npm` from PATH otherwise.
  const cli = process.env.npm_execpath?.endsWith('npm-cli.js') ? process.env.npm_execpath : undefined
  const flags = ['ci', '--include=dev', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']
  const retries = ['--fetch-retry-mintimeout=1000', '--fetch-retry-maxtimeout=5000']
  const options = { cwd: root, encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe'], maxBuffer: 1e8 }
  const result = cli
    ? spawnSync(process.execPath, [cli, ...flags, ...retries], options)
    : spawnSync('npm', [...flags, ...retries], { ...options, shell: process.platform === 'win32' })
  if (result.status === 0 && chooseNode()) return

  const said = `${result.stderr ?? ''}${result.stdout ?? ''}${result.error?.message ?? ''}`.trim()
  if (result.error?.code === 'ENOENT') fail('Cannot install: npm was not found on the PATH; install Node.js 20 or later with npm.')
  if (/ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENETUNREACH|EHOSTUNREACH|ERR_SOCKET_TIMEOUT|network/i.test(said))
    fail(
      'Cannot install: npm cannot reach its registry (`npm config get registry` shows which); connect, or set one that can be reached, and run this again.',
      said,
    )
  if (result.status === 0)
    fail(
      'Cannot install: the npm package `node` came without its program; allow its install script (`npm config get ignore-scripts` must say false), or use Node.js 24.',
      said,
    )
  fail(`Cannot install: npm ci failed${result.signal ? ` (${result.signal})` : ''}; its own words are above.`, said)
}

/** Whether web/dist is missing or older than what it is built from. A published package has it and not its sources. */
function arePagesOld() {
  if (!existsSync(join(root, 'web', 'index.html'))) return false
  const built = statSync(join(root, 'web', 'dist', 'index.html'), { throwIfNoEntry: false })?.mtimeMs ?? 0
  const sources = ['web/index.html', 'web/vite.config.ts', 'web/src', 'web/public', 'client/src', 'contract/src', 'package-lock.json']
  return sources.some((path) => newest(join(root, path)) > built)
}

/** A file that was taken away shows in the time of its folder. */
function newest(path) {
  const found = statSync(path, { throwIfNoEntry: false })
  if (!found?.isDirectory()) return found?.mtimeMs ?? 0
  return Math.max(found.mtimeMs, ...readdirSync(path).map((name) => newest(join(path, name))))
}

/** Without its pages the server is still a server: what failed is said, and it starts. */
function buildPages(node) {
  process.stderr.write('Building the pages (once; some seconds) ...\n')
  const { status } = spawnSync(node, [join(root, 'scripts/web.ts')], { cwd: root, stdio: ['ignore', 'ignore', 'inherit'] })
  if (status !== 0) process.stderr.write('The pages could not be built (see above); what was built before is used, if anything.\n')
}

function run(node) {
  const bin = join(root, 'node_modules', '.bin')
  const env = { ...target.env, ...process.env, PATH: [dirname(node), bin, process.env.PATH].filter(Boolean).join(delimiter) }
  const child = spawn(node, [join(root, target.file), ...args], { cwd: root, env, stdio: 'inherit' })
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) {
    // A terminal sends its Ctrl-C to the child as well.
    process.on(signal, () => {
      if (signal !== 'SIGINT' || !process.stdin.isTTY) child.kill(signal)
    })
  }
  // npm passes signals to its shell, which may die of one without a word to us; and npm itself may be killed. Then nobody is left to stop
  // the child but us. (`exec` in the script `start` replaces the shell, so that there npm's signals arrive and our exit code is npm's.)
  const parent = process.ppid
  if (process.env.npm_lifecycle_event) setInterval(() => process.ppid === parent || child.kill('SIGTERM'), 250).unref()
  child.on('error', (error) => fail(`Cannot start ${node}: ${error.message}; delete node_modules and run this again.`))
  child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 1)))
}

/** One sentence last, where a reader looks; what npm said first, before its warnings and usage, above it. */
function fail(sentence, details = '') {
  const causes = details.split('\n').filter((line) => !line.startsWith('npm warn'))
  if (details) process.stderr.write(`${causes.slice(0, 20).join('\n')}\n\n`)
  process.stderr.write(`${sentence}\n`)
  process.exit(1)
}
