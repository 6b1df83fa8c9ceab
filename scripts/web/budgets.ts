import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import type { Offence } from '../check/source-files.ts'

/** One entry of Vite's manifest: a file that was built, and what it needs. */
export type ManifestEntry = { file: string; src?: string; isEntry?: boolean; isDynamicEntry?: boolean; imports?: string[] }
export type BuildManifest = Record<string, ManifestEntry>
export type RouteSize = { route: string; bytes: number; limit: number }

const kB = 1000
/** The route at `/`: what a first visit waits for. */
export const firstRoute = 'src/app/home-page.tsx'
const limitOf = (route: string) => (route === firstRoute ? 175 : route.startsWith('src/app/conversation') ? 290 : 200) * kB
const isRoute = /^src\/app\/[a-z-]+-page\.tsx$/

/** JavaScript that a route needs before it shows, gzipped: the entry's and its own, with all that either imports. */
export function routeSizes(manifest: BuildManifest, sizeOf: (file: string) => number): RouteSize[] {
  const entries = Object.keys(manifest).filter((key) => manifest[key]?.isEntry)
  const routes = Object.keys(manifest).filter((key) => isRoute.test(key))
  return routes.map((route) => {
    const files = new Set([...entries, route].flatMap((key) => closure(manifest, key)))
    return { route, bytes: [...files].reduce((total, file) => total + sizeOf(file), 0), limit: limitOf(route) }
  })
}

function closure(manifest: BuildManifest, key: string, seen = new Set<string>()): string[] {
  const entry = manifest[key]
  if (!entry || seen.has(key)) return []
  seen.add(key)
  const own = entry.file.endsWith('.js') ? [entry.file] : []
  return [...own, ...(entry.imports ?? []).flatMap((each) => closure(manifest, each, seen))]
}

/** What the built pages weigh too much; nothing where none are built. */
export function webBudgets(root: string): Offence[] {
  const dist = join(root, 'web/dist')
  const manifestFile = join(dist, '.vite/manifest.json')
  if (!existsSync(manifestFile)) return []
  const manifest = JSON.parse(readFileSync(manifestFile, 'utf8')) as BuildManifest
  const sizeOf = (file: string) => {
    const packed = join(dist, `${file}.gz`)
    return existsSync(packed) ? readFileSync(packed).length : gzipSync(readFileSync(join(dist, file)), { level: 9 }).length
  }
  const routes = routeSizes(manifest, sizeOf)
  const over = routes.filter(({ bytes, limit }) => bytes > limit)
  const offence = (file: string, message: string) => ({ file: `web/${file}`, line: 1, message })
  return [
    ...(routes.some(({ route }) => route === firstRoute) ? [] : [offence(firstRoute, 'is not a part of its own; load each page by import()')]),
    ...over.map(({ route, bytes, limit }) =>
      offence(
        route,
        `needs ${(bytes / kB).toFixed(0)} kB of JavaScript (gzipped), more than ${limit / kB}; load what it does not show at first by import()`,
      ),
    ),
  ]
}
