import type { Context, ListedFile } from './file-bytes.ts'
import { globOf } from './glob.ts'
import { walk } from './walk.ts'

export type ListInput = { path?: string; depth?: number; pattern?: string; type?: 'file' | 'folder' | 'all'; limit?: number }

const USUAL_ENTRIES = 2_000

export async function list({ path, depth, pattern, type = 'all', limit = USUAL_ENTRIES }: ListInput, context: Context) {
  const glob = pattern === undefined || pattern === '' ? undefined : globOf(pattern)
  const atRoots = path === undefined || path === ''
  // Above the roots there is nothing to match, so one looks into them.
  const levels = depth ?? Math.min(5, (glob?.depth ?? 1) + (glob && atRoots ? 1 : 0))
  const entries: ReturnType<typeof shown>[] = []
  const warnings: string[] = []
  let isCut = false
  for await (const met of walk(context, path, levels)) {
    if ('problem' in met) {
      if (warnings.length < 20) warnings.push(met.problem)
      continue
    }
    const { file, relative } = met
    const behindRoot = atRoots ? relative.slice(relative.indexOf('/') + 1) : relative
    if ((type !== 'all' && file.type !== type) || (glob && !glob.matches(behindRoot))) continue
    if (entries.length === limit) {
      isCut = true
      warnings.push(`there are more than ${limit} entries; give a pattern, a deeper path or a higher limit`)
      break
    }
    entries.push(shown(file))
  }
  return { path: path ?? '', entries, count: entries.length, truncated: isCut, warnings }
}

function shown({ path, type, size, modified, link, unreadable }: ListedFile) {
  return {
    path,
    name: path.slice(path.lastIndexOf('/') + 1),
    type,
    ...(type === 'file' ? { size } : {}),
    modified: new Date(modified).toISOString(),
    ...(link ? { link } : {}),
    ...(unreadable === undefined ? {} : { unreadable }),
  }
}
