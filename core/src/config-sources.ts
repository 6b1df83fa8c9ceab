import { readFileSync } from 'node:fs'
import { parseEnv } from 'node:util'
import { parseDocument } from 'yaml'
import { ConfigError } from './config-error.ts'

/** One place where settings are written, by their environment names. */
export type Layer = { where: string; values: Record<string, string | undefined> }

export function readDotEnv(path: string): Layer {
  const text = readIfThere(path, false)
  return { where: path, values: text === null ? {} : parseEnv(text) }
}

export function readYaml(path: string, mustExist: boolean): Record<string, unknown> {
  const text = readIfThere(path, mustExist)
  if (text === null) return {}
  const document = parseDocument(text)
  const [problem] = document.errors
  if (problem) throw new ConfigError(`${path}: is not YAML: ${problem.message.split('\n')[0]?.replace(/:$/, '')}`)
  let value: unknown
  try {
    value = document.toJS({ maxAliasCount: 100 }) ?? {}
  } catch (error) {
    throw new ConfigError(`${path}: is not usable YAML: ${(error as Error).message}`)
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new ConfigError(`${path}: must be a list of "key: value" lines`)
  return value as Record<string, unknown>
}

export function first(layers: Layer[], name: string) {
  for (const { where, values } of layers) {
    const value = values[name]
    // `NAME=` is how compose files and shells say "not set".
    if (value !== undefined && value !== '') return { value, where }
  }
  return undefined
}

/** The outermost layer that has NAME or NAME_FILE decides; the file's content without the line break at its end. */
export function firstSecret(layers: Layer[], name: string) {
  for (const layer of layers) {
    const direct = first([layer], name)
    const file = first([layer], `${name}_FILE`)
    if (direct && file) throw new ConfigError(`${name}: is set twice, directly and by ${name}_FILE (set in ${layer.where})`)
    if (direct) return direct
    if (!file) continue
    const value = readSecret(`${name}_FILE`, file.value, layer.where)
    return { value, where: file.value }
  }
  return undefined
}

function readSecret(name: string, path: string, where: string) {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw new ConfigError(`${name}: ${path} cannot be read: ${reason(error)} (set in ${where})`)
  }
  const value = text.trim()
  if (value === '') throw new ConfigError(`${name}: ${path} is empty (set in ${where})`)
  return value
}

function readIfThere(path: string, mustExist: boolean) {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (!mustExist && (error as NodeJS.ErrnoException).code === 'ENOENT') return null
    throw new ConfigError(`${path}: cannot be read: ${reason(error)}`)
  }
}

function reason(error: unknown) {
  const { code, message } = error as NodeJS.ErrnoException
  if (code === 'ENOENT') return 'there is no such file'
  if (code === 'EACCES') return 'permission denied'
  if (code === 'EISDIR') return 'it is a folder'
  return message
}
