import { type HookContext, HookError, type HookFile } from '@cadre/contract/forgehook'

export type Context = Pick<HookContext, 'files' | 'signal'>
/** `unreadable`: why a file in a list cannot be read. `link`: it is one, to what the other properties say. */
export type ListedFile = HookFile & { unreadable?: string; link?: boolean }

export const MB = 1_000_000
/** What stands in memory at once while a file is read in parts. */
export const PART = 4 * MB

export async function needFile(context: Context, path: string): Promise<HookFile> {
  const file = await context.files.stat(path)
  if (file.type === 'folder') throw new HookError(`${file.path} is a folder; use /list`, 'path')
  return file
}

/** All bytes of a file that must be in memory as a whole. */
export async function wholeFile(context: Context, path: string, maxBytes: number, instead: string): Promise<{ file: HookFile; bytes: Uint8Array }> {
  const file = await needFile(context, path)
  if (file.size > maxBytes)
    throw new HookError(`${file.path} has ${megabytes(file.size)}; this endpoint reads files of up to ${megabytes(maxBytes)}. ${instead}`, 'path')
  return { file, bytes: await context.files.read(file.path, { offset: 0, max_bytes: file.size }) }
}

export function megabytes(size: number): string {
  return size < MB ? `${size} bytes` : `${Math.round(size / 100_000) / 10} MB`
}

export function extensionOf(path: string): string {
  const name = path.slice(path.lastIndexOf('/') + 1)
  const at = name.lastIndexOf('.')
  return at <= 0 ? '' : name.slice(at + 1).toLowerCase()
}

/** The words of a HookError of another reader, about this file. */
export function aboutFile(error: unknown, path: string): unknown {
  if (!(error instanceof HookError)) return error
  const { field, message } = error
  if (field !== 'text' && field !== 'csv' && field !== 'data_base64') return error
  const words = message.slice(field.length + 2)
  return new HookError(/^(is|holds|unfolds|has) /.test(words) ? `${path} ${words}` : `${path}: ${words}`, 'path')
}
