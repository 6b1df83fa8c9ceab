import { readFileSync } from 'node:fs'
import { buffer } from 'node:stream/consumers'
import { InputError, UsageError } from './exit-codes.ts'

/** Standard input can be read once: whoever comes second is told who had it. */
let stdinUser: string | undefined

export async function readStdin(forWhat: string): Promise<string> {
  if (stdinUser) throw new UsageError(`${forWhat} and ${stdinUser} cannot both come from standard input`)
  stdinUser = forWhat
  return decode(await buffer(process.stdin), `${forWhat}: standard input`)
}

export function readFile(path: string, forWhat: string): string {
  let bytes: Uint8Array
  try {
    bytes = readFileSync(path)
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    throw new UsageError(`${forWhat}: ${path} cannot be read: ${reasons[code ?? ''] ?? message}`)
  }
  return decode(bytes, `${forWhat}: ${path}`)
}

const reasons: Record<string, string> = { ENOENT: 'there is no such file', EISDIR: 'it is a folder', EACCES: 'permission denied' }

/** Never with replacement characters in place of what is not UTF-8; without a byte order mark. */
function decode(bytes: Uint8Array, what: string) {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    throw new InputError(`${what} is not UTF-8 text`)
  }
}

/** A value written as JSON on the command line, in a file (JSON or YAML), or on standard input (`-`). */
export async function readValue(source: string, forWhat: string): Promise<unknown> {
  if (source === '-') return parse(await readStdin(forWhat), forWhat, 'standard input')
  if (/^\s*[{[]/.test(source)) return parseJson(source, forWhat)
  return parse(readFile(source, forWhat), forWhat, source)
}

/** The same, and a .csv file becomes `{ csv: text }`, which is how the bundled tools like to find it. */
export async function readData(source: string, forWhat: string): Promise<Record<string, unknown> | unknown[]> {
  if (/^[^{[].*\.csv$/i.test(source)) return { csv: readFile(source, forWhat) }
  const value = await readValue(source, forWhat)
  if (typeof value !== 'object' || value === null) throw new InputError(`${forWhat}: must be an object or a list`)
  return value as Record<string, unknown> | unknown[]
}

export async function readObject(source: string, forWhat: string): Promise<Record<string, unknown>> {
  const value = await readValue(source, forWhat)
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new InputError(`${forWhat}: must be an object with named fields`)
  return value as Record<string, unknown>
}

/** What reads a value may refuse it. */
export function accepted<T>(read: () => T, forWhat: string): T {
  try {
    return read()
  } catch (error) {
    throw new InputError(`${forWhat}: ${(error as Error).message}`)
  }
}

async function parse(content: string, forWhat: string, where: string): Promise<unknown> {
  if (content.trim() === '') throw new InputError(`${forWhat}: ${where} is empty`)
  if (/^\s*[{[]/.test(content) && !/\.ya?ml$/i.test(where)) return parseJson(content, forWhat, where)
  const { parseDocument } = await import('yaml')
  const document = parseDocument(content)
  const [problem] = document.errors
  if (problem) throw new InputError(`${forWhat}: ${where} is neither JSON nor YAML: ${firstLine(problem.message)}`)
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    throw new InputError(`${forWhat}: ${where} is not usable YAML: ${firstLine((error as Error).message)}`)
  }
}

function parseJson(content: string, forWhat: string, where?: string): unknown {
  try {
    return JSON.parse(content)
  } catch (error) {
    throw new InputError(`${forWhat}: ${where === undefined ? '' : `${where} `}is not JSON: ${(error as Error).message}`)
  }
}

function firstLine(message: string) {
  return (message.split('\n')[0] ?? '').replace(/:$/, '')
}
