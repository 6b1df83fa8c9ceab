import { HookError } from '@cadre/contract/forgehook'
import { type Document, parseAllDocuments, visit } from 'yaml'
import { losslessNumber } from './infer-types.ts'
import type { ReadText } from './read-text.ts'

// Deeper than this the runtime takes no answer; many aliases inside one another unfold to more than memory holds.
const MAX_DEPTH = 490
const MAX_VALUES = 5_000_000

/**
 * YAML 1.2 with merge keys: yes, no, on and off are text, and so are dates. Several documents become a list. Numbers that JSON cannot hold
 * or that would lose a leading zero stay text.
 */
export function readYaml(text: string): ReadText {
  // The parser walks nested brackets by recursion.
  if (/[[{]{1000}/.test(text.replace(/\s+/g, ''))) throw new HookError(`is nested more than ${MAX_DEPTH} deep`, 'text')
  const documents = [...parseAllDocuments(text, { logLevel: 'silent', merge: true })]
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
      if (typeof value !== 'number' || source === undefined) return
      if (/^[-+]?0\d/.test(source)) {
        warnings.push(`${source} has a leading zero, which a number would lose; it is kept as text`)
        node.value = source
      } else if (isLossy(value, source)) {
        warnings.push(`${source} is more than a JSON number can hold exactly; it is kept as text`)
        node.value = source
      }
    },
  })
  const value = unfold(document)
  const count = { values: 0 }
  checkSize(value, 1, count)
  return value
}

function isLossy(value: number, source: string): boolean {
  if (!Number.isFinite(value) || (Number.isInteger(value) && !Number.isSafeInteger(value) && /^[-+]?\w+$/.test(source) && !/e/i.test(source)))
    return true
  const digits = source.replace(/^\+/, '')
  return digits.length > 15 && /^-?\d+\.\d+$/.test(digits) && losslessNumber(digits) === undefined
}

function unfold(document: Document.Parsed): unknown {
  try {
    return document.toJS({ maxAliasCount: 100 })
  } catch (error) {
    // An alias that names nothing, more of them than the limit, or a merge of something that is no map.
    if (error instanceof Error) throw new HookError(`is not YAML: ${firstLine(error.message)}`, 'text')
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
