import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import type { IncomingHttpHeaders } from 'node:http'
import { extname, join, relative } from 'node:path'
import { restPrefix, rpcPrefix } from './doors.ts'

export type WebAnswer = { status: 200 | 304; headers: Record<string, string>; body?: Buffer }
/** The built pages. `answer` gives null where the path is none of theirs. */
export type Web = { answer(request: { method: string; path: string; headers: IncomingHttpHeaders }): Promise<WebAnswer | null> }

type File = { name: string; type: string; cache: string; etag: string; encodings: Encoding[] }
type Encoding = 'br' | 'gzip'

/** Where scripts/web.ts puts what it builds; a published package has it, too. */
export const webFolder = join(import.meta.dirname, '../../web/dist')

const endings: Record<Encoding, string> = { br: '.br', gzip: '.gz' }
const types: Record<string, string> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.json': 'application/json; charset=utf-8',
  '.webmanifest': 'application/manifest+json; charset=utf-8',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.ico': 'image/x-icon',
  '.woff2': 'font/woff2',
}

/** No page of ours stands under these, now or later: who asks for something unknown there is told so, in JSON. */
const reserved = [restPrefix.split('/', 2).join('/'), rpcPrefix, '/v1', '/mcp', '/healthz', '/readyz', '/metrics', '/assets', '/.well-known']

/**
 * What a page of ours may do, should text of a model or a tool ever come to stand in it as HTML: run nothing, load nothing from elsewhere,
 * send nothing elsewhere, stand in nobody's frame. React and most libraries set styles through the CSSOM, which this allows.
 */
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self' data: blob:",
  "font-src 'self'",
  "connect-src 'self'",
  "manifest-src 'self'",
  "worker-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
].join('; ')

const pageHeaders = {
  'content-security-policy': policy,
  'referrer-policy': 'no-referrer',
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=(), payment=(), usb=()',
  'x-frame-options': 'DENY',
}

/**
 * @returns null where nothing is built. Only what is in the folder now is ever read: a path names an entry of this list, not a file.
 */
export function openWeb(folder: string): Web | null {
  if (!existsSync(join(folder, 'index.html'))) return null
  const files = listFiles(folder)
  return {
    answer: async ({ method, path, headers }) => {
      if (method !== 'GET' && method !== 'HEAD') return null
      const file = files.get(path) ?? (isPage(path, headers) ? files.get('/index.html') : undefined)
      if (!file) return null
      const encoding = file.encodings.find((each) => accepts(headers['accept-encoding'], each))
      const own = {
        ...(file.type === types['.html'] ? pageHeaders : {}),
        'cache-control': file.cache,
        'cross-origin-resource-policy': 'same-origin',
        etag: file.etag,
        vary: 'accept-encoding',
      }
      if (sameAs(headers['if-none-match'], file.etag)) return { status: 304, headers: own }
      const body = await readBuilt(join(folder, file.name + (encoding ? endings[encoding] : '')))
      if (!body) return null
      return { status: 200, headers: { ...own, 'content-type': file.type, ...(encoding ? { 'content-encoding': encoding } : {}) }, body }
    },
  }
}

function listFiles(folder: string): Map<string, File> {
  const names = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
  const all = new Set(names)
  const served = names.filter((name) => types[extname(name)] !== undefined && !name.startsWith('.'))
  const files = new Map(
    served.map((name) => [
      `/${name}`,
      {
        name,
        type: types[extname(name)] ?? '',
        // Vite puts a hash of the content into these names.
        cache: name.startsWith('assets/') ? 'public, max-age=31536000, immutable' : 'no-cache',
        // Weak: it is the same whether compressed or not.
        etag: `W/"${createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('base64url')
          .slice(0, 22)}"`,
        encodings: (['br', 'gzip'] as const).filter((encoding) => all.has(name + endings[encoding])),
      },
    ]),
  )
  const index = files.get('/index.html')
  if (index) files.set('/', index)
  return files
}

/** Null where the pages were built anew since the server started and the file is gone. */
async function readBuilt(file: string) {
  try {
    return await readFile(file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw error
  }
}

/** A place inside the pages, which the pages themselves know: a browser wants to show it, and it names no file. */
function isPage(path: string, { accept = '' }: IncomingHttpHeaders) {
  if (reserved.some((prefix) => path === prefix || path.startsWith(`${prefix}/`))) return false
  return accept.includes('text/html') && !/\.[^/]*$/.test(path)
}

function accepts(header: string | string[] | undefined, encoding: Encoding) {
  return String(header ?? '')
    .split(',')
    .map((part) =>
      part
        .trim()
        .toLowerCase()
        .split(/\s*;\s*/),
    )
    .some(([name, q]) => name === encoding && !/^q=0(\.0*)?$/.test(q ?? ''))
}

function sameAs(header: string | undefined, etag: string) {
  return (header ?? '').split(',').some((tag) => tag.trim() === etag || tag.trim() === etag.slice(2))
}
