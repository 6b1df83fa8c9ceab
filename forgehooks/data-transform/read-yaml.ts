import { HookError } from '@cadre/contract/forgehook'
import { type Document, parseAllDocuments, visit } from 'yaml'
import type { ReadText } from './text.ts'

// Deeper than this the runtime takes no answer; many aliases inside one another unfold to more than memory holds.
const MAX_DEPTH = 490
const MAX_VALUES = 5_000_000

/** YAML 1.2. Several documents become a list. Numbers that JSON cannot hold stay text. */
export function readYaml(text: string): ReadText {
  const documents = [...parseAllDocuments(text, { logLevel: 'silent' })]
  const warnings: string[] = []
  const values = documents.map((document) => valueOf(document, warnings))
  return { value: values.length === 1 ? values[0] : values.length === 0 ? null : values, warnings: warnings.slice(0, 20) }
}

function valueOf(document: Document.Parsed, warnings: string[]): unknown {
  const [error] = document.errors
  if (error) throw new HookError(`is not YAML: ${firstLine(error.message)}`, 'text')
  warnings.push(...document.warnings.map((warning) => firstLine(warning.message)))
  visit(document, {
    Scalar(_, node) {
      const { value, source } = node
      if (typeof value !== 'number' || Number.isSafeInteger(value) || (Number.isFinite(value) && !/^[-+]?\d+$/.test(source ?? ''))) return
      warnings.push(`${source} is more than a JSON number can hold exactly; it is kept as text`)
      node.value = source
    },
  })
  const value = unfold(document)
  const count = { values: 0 }
  checkSize(value, 1, count)
  return value
}

function unfold(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    // An alias that names nothing, or more of them than the limit.
    if (error instanceof ReferenceError) throw new HookError(`is not YAML: ${firstLine(error.message)}`, 'text')
    throw error
  }
}

function checkSize(value: unknown, depth: number, count: { values: number }) {
  if (typeof value !== 'object' || value === null) return
  if (depth > MAX_DEPTH) throw new HookError(`holds an alias of itself, or is nested more than ${MAX_DEPTH} deep`, 'text')
  const items = Array.isArray(value) ? value : Object.values(value)
  count.values += items.length
  if (count.values > MAX_VALUES) throw new HookError(`unfolds to more than ${MAX_VALUES} values`, 'text')
  for (const item of items) checkSize(item, depth + 1, count)
}

function firstLine(message: string): string {
  return (message.split('\n')[0] ?? message).replace(/:$/, '')
}
