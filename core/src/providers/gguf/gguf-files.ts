import { readdirSync, statSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { ModelCard } from '@cadre/contract/providers'
import { GgufFailed } from './gguf-failed.ts'
import { readGgufHeader } from './gguf-header.ts'

export type GgufOptions = { path?: string; context_size?: number; threads?: number; memory_mb?: number; gpu?: boolean }

/**
 * Tokens of prompt and answer together where nobody said. It is memory, taken when the model is loaded (see ollamaContext in
 * server-models.ts for the count).
 */
export const ggufContext = 16_384

/** The models of a provider by their names: the file's name without .gguf. */
export function ggufFiles({ path }: GgufOptions): Map<string, string> {
  if (path === undefined) return new Map()
  const files = isFolder(path) ? readdirSync(path).sort().map((name) => join(path, name)) : [path] // prettier-ignore
  return new Map(files.filter(isModel).map((file) => [nameOf(file), file]))
}

export function ggufFile(options: GgufOptions, model: string): string {
  const files = ggufFiles(options)
  const file = files.get(model) ?? files.get(nameOf(model))
  if (file !== undefined) return file
  const there = [...files.keys()].slice(0, 20).join(', ')
  throw new GgufFailed('MODEL_NOT_FOUND', `there is no model '${model}' at ${options.path}; ${there ? `there is ${there}` : 'there is none'}`)
}

export function listGguf(options: GgufOptions): { id: string; card: Partial<ModelCard> }[] {
  return [...ggufFiles(options).keys()].map((id) => {
    try {
      return { id, card: describeGguf(options, id) }
    } catch (error) {
      if (!(error instanceof GgufFailed)) throw error
      return { id, card: {} } // one bad file takes nothing from the others; it says so itself when it is called
    }
  })
}

export function describeGguf(options: GgufOptions, model: string): Partial<ModelCard> {
  const { context_length, embeds } = readGgufHeader(ggufFile(options, model))
  return {
    chat: !embeds,
    streaming: !embeds,
    tools: !embeds,
    structured_output: !embeds,
    vision: false,
    embeddings: embeds,
    context_size: contextOf(options, context_length),
  }
}

/** The setting, else ours; never more than the model was trained for. */
export function contextOf({ context_size }: Pick<GgufOptions, 'context_size'>, trained: number | null): number {
  return Math.min(trained ?? Number.POSITIVE_INFINITY, context_size ?? ggufContext)
}

/** Why the files cannot be used, where that can be seen without loading one. */
export function filesProblem({ path }: GgufOptions): string | null {
  if (path === undefined) return 'it has no path'
  try {
    if (isFolder(path)) return readdirSync(path).some(isModel) ? null : `there is no .gguf file in ${path}`
    readGgufHeader(path)
    return null
  } catch (error) {
    if (error instanceof GgufFailed) return error.message
    const { code } = error as NodeJS.ErrnoException
    return code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be read (${code})`
  }
}

function isFolder(path: string) {
  return statSync(path).isDirectory()
}

// A large model comes in several files, of which llama.cpp wants the first; mmproj files are the eyes of another model.
function isModel(file: string) {
  const name = basename(file)
  return /\.gguf$/i.test(name) && !/^mmproj/i.test(name) && !/-(?!00001-)\d{5}-of-\d{5}\.gguf$/i.test(name)
}

function nameOf(file: string) {
  return basename(file).replace(/\.gguf$/i, '')
}
