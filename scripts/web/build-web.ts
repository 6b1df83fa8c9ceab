import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { brotliCompress, constants, gzip } from 'node:zlib'

/**
 * Builds web/ into web/dist, each file beside it compressed. A server that runs meanwhile keeps the old pages: the new ones are put in
 * their place at the end, whole.
 * @returns seconds, or null where there are no pages to build.
 */
export async function buildWeb(root: string): Promise<number | null> {
  const web = join(root, 'web')
  if (!existsSync(join(web, 'index.html'))) return null
  const started = performance.now()
  const startedAt = new Date()
  const next = join(root, 'node_modules/.cache/cadre-web', String(process.pid))
  mkdirSync(next, { recursive: true })
  try {
    const { build } = await import('vite')
    await build({ root: web, logLevel: 'warn', build: { outDir: next, emptyOutDir: true } })
    await compressAll(next)
    // What is changed from here on is newer than this build.
    utimesSync(join(next, 'index.html'), startedAt, startedAt)
    const dist = join(web, 'dist')
    rmSync(dist, { recursive: true, force: true })
    renameSync(next, dist)
  } finally {
    rmSync(next, { recursive: true, force: true })
  }
  return (performance.now() - started) / 1000
}

const compressible = /\.(html|js|css|svg|json|webmanifest)$/
/** Below this the headers cost more than is saved. */
const leastBytes = 512

async function compressAll(folder: string) {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && compressible.test(entry.name))
    .map((entry) => join(entry.parentPath, entry.name))
  await Promise.all(files.map(compress))
}

async function compress(file: string) {
  const bytes = readFileSync(file)
  if (bytes.length < leastBytes) return
  const [br, gz] = await Promise.all([
    promisify(brotliCompress)(bytes, { params: { [constants.BROTLI_PARAM_QUALITY]: 11, [constants.BROTLI_PARAM_SIZE_HINT]: bytes.length } }),
    promisify(gzip)(bytes, { level: 9 }),
  ])
  writeFileSync(`${file}.br`, br)
  writeFileSync(`${file}.gz`, gz)
}
