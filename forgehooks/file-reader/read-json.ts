import { HookError } from '@cadre/contract/forgehook'
import { formatNamed, parseText } from '../data-transform/read-text.ts'
import { get } from '../json-utils/pointer.ts'
import { aboutFile, type Context, extensionOf, MB } from './file-bytes.ts'
import { wholeText, withText } from './text-source.ts'

export type JsonFileInput = { path: string; format?: string; encoding?: string; pointer?: string; limit?: number; offset?: number }

const MOST_BYTES = 50 * MB
type Format = 'json' | 'ndjson' | 'yaml'
type Parsed = { value: unknown; format: Format; warnings: string[] }

export function readJsonFile({ path, format, encoding, pointer, limit, offset }: JsonFileInput, context: Context) {
  return withText(context, path, encoding, async (source) => {
    const { file } = source
    const text = (await wholeText(source, MOST_BYTES, 'Use database-query, or read_text for a part of it')).replace(/^\uFEFF/, '')
    if (text.trim() === '') throw new HookError(`${file.path} is empty`, 'path')
    const parsed = await parse(text, file.path, format).catch((error: unknown) => {
      throw aboutFile(error, file.path)
    })
    const at = pointer === undefined ? { found: true, value: parsed.value } : get({ data: parsed.value, pointer })
    if (!at.found) throw new HookError(`there is nothing at ${JSON.stringify(pointer)} in ${file.path}`, 'pointer')
    return {
      path: file.path,
      format: parsed.format,
      ...part(at.value, offset, limit),
      encoding: source.encoding,
      warnings: [...source.warnings, ...parsed.warnings],
    }
  })
}

function part(value: unknown, offset = 0, limit = Infinity) {
  if (!Array.isArray(value)) {
    if (offset > 0 || limit !== Infinity) throw new HookError('the value is no list, so it has no part to begin at', offset > 0 ? 'offset' : 'limit')
    return { value }
  }
  const items = value.slice(offset, offset + limit)
  return { value: items, item_count: items.length, total_items: value.length, truncated: offset + items.length < value.length }
}

async function parse(text: string, path: string, asked: string | undefined): Promise<Parsed> {
  const format = asked === undefined || asked === 'auto' ? undefined : formatNamed(asked)
  if (format !== undefined) return one(text, format as Format)
  const ext = extensionOf(path)
  if (ext === 'ndjson' || ext === 'jsonl') return one(text, 'ndjson')
  if (ext === 'yaml' || ext === 'yml') return one(text, 'yaml')
  try {
    return await one(text, 'json')
  } catch (error) {
    const isLines = /^\s*[[{"]/.test(text) && text.trim().includes('\n')
    const lines = isLines ? await one(text, 'ndjson').catch(() => undefined) : undefined
    if (lines) return { ...lines, warnings: [...lines.warnings, 'the file has a JSON value on each line; it was read as NDJSON'] }
    throw error
  }
}

async function one(text: string, format: Format): Promise<Parsed> {
  const { value, warnings = [] } = await parseText({ text, format })
  return { value, format, warnings }
}
