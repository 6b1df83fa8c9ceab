import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { type HookContext, HookError } from '@cadre/contract/forgehook'
import { openFileRoots } from '@cadre/core/tools/files/file-roots'
import { afterAll } from 'vitest'
import { testContext } from '../../lib/hook-test.ts'

/** All that is written has changed then. */
const changed = new Date('2024-03-01T09:00:00Z')

export type Files = { folder: string; context: HookContext; write: (path: string, content: string | Uint8Array) => void }

/** A file root `files` with these files, and the context that reads it by the real wall. */
export function filesContext(contents: Record<string, string | Uint8Array>): Files {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'cadre-reader-')))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))
  const write = (path: string, content: string | Uint8Array) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true })
    writeFileSync(join(folder, path), content)
    utimesSync(join(folder, path), changed, changed)
  }
  for (const [path, content] of Object.entries(contents)) write(path, content)
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isDirectory()) utimesSync(join(entry.parentPath, entry.name), changed, changed)
  utimesSync(folder, changed, changed)
  const roots = openFileRoots([{ name: 'files', path: folder }])
  // As the thread of a hook gets it: an error is its words, bytes are its own.
  const asked = <T>(answer: Promise<T>): Promise<T> =>
    answer.then(
      (value) => structuredClone(value),
      (error: Error) => {
        throw new HookError(error.message)
      },
    )
  const files: HookContext['files'] = {
    list: (path) => asked(roots.list(['*'], path)),
    stat: (path) => asked(roots.stat(['*'], path)),
    read: (path, { offset = 0, max_bytes = 128_000_000 } = {}) => asked(roots.read(['*'], path, { offset, max_bytes })),
  }
  return { folder, context: testContext({ files }), write }
}
