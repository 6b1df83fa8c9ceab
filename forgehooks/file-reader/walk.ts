import type { Context, ListedFile } from './file-bytes.ts'

/** `problem`: a folder that could not be listed. */
export type Met = { file: ListedFile; relative: string } | { problem: string }

/** The entries of a folder (without one, the roots) and of those in it, each folder before what is in it. */
export async function* walk(context: Context, path: string | undefined, depth: number): AsyncGenerator<Met> {
  const base = path === undefined || path === '' ? '' : (await context.files.stat(path)).path
  yield* folder(context, base, '', depth, await context.files.list(base || undefined))
}

async function* folder(context: Context, base: string, relative: string, depth: number, entries: ListedFile[]): AsyncGenerator<Met> {
  for (const file of entries) {
    const name = base === '' && relative === '' ? file.path : file.path.slice(file.path.lastIndexOf('/') + 1)
    const here = relative === '' ? name : `${relative}/${name}`
    yield { file, relative: here }
    // Links to folders are not followed: they may lead round in a circle.
    if (file.type !== 'folder' || file.link || file.unreadable !== undefined || depth <= 1) continue
    context.signal.throwIfAborted()
    let inside: ListedFile[]
    try {
      inside = await context.files.list(file.path)
    } catch (error) {
      yield { problem: (error as Error).message }
      continue
    }
    yield* folder(context, base, here, depth - 1, inside)
  }
}
