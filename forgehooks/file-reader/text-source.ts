import { HookError, type HookFile } from '@cadre/contract/forgehook'
import { decoderOf, type Encoding, encodingOf, isBinary, legacy, WrongEncoding } from './decode.ts'
import { type Context, megabytes, needFile, PART } from './file-bytes.ts'
import { kindOf } from './file-kind.ts'

/** A text file that is open for reading part by part, each time from its beginning. */
export type TextSource = { file: HookFile; encoding: string; warnings: string[]; parts: () => AsyncGenerator<string> }

const LONGEST_LINE = 20_000_000

/**
 * Hands a text file to `use`. What is no text is refused with the endpoint that reads it. A file that looks like UTF-8 and turns out not to
 * be is read again as windows-1252, so `use` may be called twice.
 */
export async function withText<T>(context: Context, path: string, asked: string | undefined, use: (text: TextSource) => Promise<T>): Promise<T> {
  const file = await needFile(context, path)
  const { start, label, endpoint, kind } = await kindOf(context, file)
  const encoding = encodingOf(start, file.size <= start.length, asked)
  const isAsked = asked !== undefined && asked.trim() !== '' && asked.trim().toLowerCase() !== 'auto'
  if (endpoint !== null && !['csv', 'json', 'text'].includes(kind))
    throw new HookError(`${file.path} is ${label}, not a text; use ${endpoint}`, 'path')
  if ((endpoint === null && !isAsked) || (!isAsked && isBinary(start, encoding)))
    throw new HookError(`${file.path} is ${label}, which no endpoint here can read${label === 'no text' ? '' : ' as text'}`, 'path')
  try {
    return await use(sourceOf(context, file, start, encoding))
  } catch (error) {
    if (!(error instanceof WrongEncoding) || !encoding.assumed) throw error
    return use(sourceOf(context, file, start, legacy))
  }
}

function sourceOf(context: Context, file: HookFile, start: Uint8Array, { name, warnings }: Encoding): TextSource {
  async function* parts(): AsyncGenerator<string> {
    const decode = decoderOf(name)
    if (file.size <= start.length) return yield decode(start, true)
    yield decode(start, false)
    for (let at = start.length; at < file.size;) {
      context.signal.throwIfAborted()
      const bytes = await context.files.read(file.path, { offset: at, max_bytes: Math.min(PART, file.size - at) })
      if (bytes.length === 0) break
      at += bytes.length
      yield decode(bytes, at >= file.size)
    }
  }
  return { file, encoding: name, warnings: [...warnings], parts }
}

/** The whole text, for readers that need it so. */
export async function wholeText(source: TextSource, maxBytes: number, instead: string): Promise<string> {
  const { file } = source
  if (file.size > maxBytes)
    throw new HookError(`${file.path} has ${megabytes(file.size)}; this endpoint reads files of up to ${megabytes(maxBytes)}. ${instead}`, 'path')
  let text = ''
  for await (const part of source.parts()) text += part
  return text
}

/** The lines with their ends (\n, \r\n or \r) as they stand. */
export async function* linesOf(source: TextSource): AsyncGenerator<string> {
  let open = ''
  for await (const part of source.parts()) {
    const text = open + part
    let from = 0
    for (const { index, 0: end } of text.matchAll(/\r\n|\n|\r/g)) {
      const after = index + end.length
      // A \n may follow in the next part.
      if (end === '\r' && after === text.length) break
      yield text.slice(from, after)
      from = after
    }
    open = text.slice(from)
    if (open.length > LONGEST_LINE) throw new HookError(`${source.file.path} has a line of more than ${LONGEST_LINE} characters`, 'path')
  }
  if (open !== '') yield open
}

export const withoutEnd = (line: string) => line.replace(/\r\n$|\n$|\r$/, '')
