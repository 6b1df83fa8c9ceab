import type { Ajv } from 'ajv'
import { equal, isObject } from './json-value.ts'

/**
 * The keywords that compare values. ajv asks objects for their constructor, toString and valueOf, which may be members of the data: then it
 * fails, or finds equal values different.
 */
export function addEquality(ajv: Ajv) {
  for (const keyword of ['const', 'enum', 'uniqueItems']) ajv.removeKeyword(keyword)
  ajv
    .addKeyword({ keyword: 'const', validate: (wanted: unknown, value: unknown) => equal(wanted, value) })
    .addKeyword({ keyword: 'enum', schemaType: 'array', validate: (list: unknown[], value: unknown) => list.some((one) => equal(one, value)) })
    .addKeyword({
      keyword: 'uniqueItems',
      type: 'array',
      schemaType: 'boolean',
      validate: (isWanted: boolean, items: unknown[]) => !isWanted || duplicate(items) === undefined,
    })
}

/** The places of the first two equal items. */
export function duplicate(items: unknown[]): [number, number] | undefined {
  const seen = new Map<string, number>()
  for (const [at, item] of items.entries()) {
    const key = canonical(item)
    const before = seen.get(key)
    if (before !== undefined) return [before, at]
    seen.set(key, at)
  }
  return undefined
}

/** The same text for equal values. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`
  if (!isObject(value)) return JSON.stringify(value)
  return `{${Object.keys(value)
    .toSorted()
    .map((name) => `${JSON.stringify(name)}:${canonical(value[name])}`)
    .join(',')}}`
}
