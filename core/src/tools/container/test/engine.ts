import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { chmodSync, copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

/** A container engine that answers: the machine's own, or a Podman that is started for the test. */
export type Engine = { host: string; close: () => void }

/** null, with the reason on stdout, where there is none on this machine. */
export async function findEngine(): Promise<Engine | null> {
  for (const host of [process.env['DOCKER_HOST']?.replace(/^unix:\/\//, ''), '/var/run/docker.sock']) {
    if (host && existsSync(host) && (await answers(host))) return { host, close: () => {} }
  }
  if (!hasProgram('podman') || !hasProgram('runc')) {
    say('container tests are skipped: no engine answers at DOCKER_HOST or /var/run/docker.sock, and there is no podman with runc to start')
    return null
  }
  return startPodman()
}

// As seen working on Debian 12 as root: runc, since crun fails with hybrid cgroups; vfs, which needs no kernel support.
async function startPodman(): Promise<Engine | null> {
  const folder = mkdtempSync(join(tmpdir(), 'cadre-podman-'))
  const host = join(folder, 'podman.sock')
  const options = [
    '--runtime',
    'runc',
    '--storage-driver=vfs',
    '--cgroup-manager=cgroupfs',
    '--root',
    join(folder, 'root'),
    '--runroot',
    join(folder, 'run'),
  ]
  const child = spawn('podman', [...options, 'system', 'service', '--time=0', `unix://${host}`], {
    cwd: folder, // its monitor leaves a file `oom` where it runs
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, XDG_RUNTIME_DIR: folder },
  })
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()))
  const close = () => {
    child.kill()
    rmSync(folder, { recursive: true, force: true })
  }
  if (await listening(child, host)) return { host, close }
  say(`container tests are skipped: podman does not start here: ${said.trim()}`)
  close()
  return null
}

async function listening(child: ChildProcess, host: string): Promise<boolean> {
  while (child.exitCode === null) {
    if (existsSync(host) && (await answers(host))) return true
    await new Promise((resolve) => setTimeout(resolve, 50)) // there is no event for a socket of another program
  }
  return false
}

function answers(socketPath: string): Promise<boolean> {
  return new Promise((resolve) => {
    const asked = request({ socketPath, path: '/_ping' }, (response) => {
      response.resume()
      resolve(response.statusCode === 200)
    })
    asked.on('error', () => resolve(false))
    asked.end()
  })
}

function hasProgram(name: string): boolean {
  return (process.env['PATH'] ?? '').split(':').some((folder) => existsSync(join(folder, name)))
}

/** Puts an image into the engine that runs a hook in JavaScript: this Node with its libraries, and nothing else. */
export async function importImage({ host }: Engine, name: string, hook: string): Promise<void> {
  const root = mkdtempSync(join(tmpdir(), 'cadre-image-'))
  chmodSync(root, 0o755) // the root of the image, which nobody must be able to enter
  try {
    const libraries = execFileSync('ldd', [process.execPath], { encoding: 'utf8' }).match(/\/\S+/g) ?? []
    for (const path of libraries) {
      mkdirSync(join(root, dirname(path)), { recursive: true })
      copyFileSync(path, join(root, path))
    }
    copyFileSync(process.execPath, join(root, 'node'))
    mkdirSync(join(root, 'tmp'))
    chmodSync(join(root, 'tmp'), 0o1777)
    writeFileSync(join(root, 'hook.mjs'), hook)
    const tar = join(root, '..', `${name}-${process.pid}.tar`)
    execFileSync('tar', ['-cf', tar, '-C', root, '.'])
    const bytes = execFileSync('cat', [tar], { maxBuffer: 1e9 })
    rmSync(tar)
    await importTar(host, name, bytes)
  } finally {
    rmSync(root, { recursive: true })
  }
}

function importTar(socketPath: string, name: string, tar: Buffer): Promise<void> {
  return new Promise((resolve, reject) => {
    const path = `/v1.41/images/create?fromSrc=-&repo=${name}&tag=latest`
    const sent = request(
      { socketPath, method: 'POST', path, headers: { 'content-type': 'application/x-tar', 'content-length': tar.length } },
      (response) => {
        let text = ''
        response.on('data', (chunk: Buffer) => (text += chunk.toString()))
        response.on('end', () =>
          response.statusCode === 200 && !text.includes('"error"') ? resolve() : reject(new Error(`the image was not taken: ${text}`)),
        )
      },
    )
    sent.on('error', reject)
    sent.end(tar)
  })
}

// Beside the results of the tests: a suite that skips says so.
function say(words: string) {
  process.stdout.write(`${words}\n`)
}
