import type { JsonSchema } from '@cadre/contract/manifest'
import { find, isPart, type Part } from './document.ts'

/** Keywords of OpenAPI's that say nothing about the value. */
const beside = new Set(['discriminator', 'xml', 'externalDocs', 'example', 'deprecated'])

/**
 * Schemas of an OpenAPI document as JSON Schema 2020-12 that stands on its own: what they refer to comes along in `defs`, so that schemas
 * which refer to themselves work. OpenAPI 3.0's own spellings (nullable, exclusiveMinimum: true) are translated.
 */
export class Schemas {
  readonly #document: Part
  readonly #defs: Record<string, JsonSchema> = {}
  readonly #names = new Map<string, string>()

  constructor(document: Part) {
    this.#document = document
  }

  /** With the key `$defs` for the root, where anything was referred to. */
  get defs(): { $defs?: Record<string, JsonSchema> } {
    return Object.keys(this.#defs).length > 0 ? { $defs: this.#defs } : {}
  }

  /** Throws an Error in words for a reference that leads nowhere. */
  convert(schema: unknown): JsonSchema | boolean {
    if (typeof schema === 'boolean') return schema
    if (!isPart(schema)) return {}
    if (typeof schema['$ref'] === 'string') {
      const { $ref, ...others } = schema
      return { ...(this.#convertFields(others) as Part), $ref: this.#refer($ref as string) }
    }
    return this.#translate(this.#convertFields(schema) as Part)
  }

  #refer(ref: string): string {
    const known = this.#names.get(ref)
    if (known !== undefined) return `#/$defs/${known}`
    const target = find(this.#document, ref)
    const wish = (ref.split('/').at(-1) ?? '').replace(/[^A-Za-z0-9_]+/g, '_') || 'schema'
    let name = wish
    for (let n = 2; Object.hasOwn(this.#defs, name); n++) name = `${wish}_${n}`
    this.#names.set(ref, name)
    this.#defs[name] = {} // holds the name while what it stands for refers back to it
    this.#defs[name] = this.convert(target) as JsonSchema
    return `#/$defs/${name}`
  }

  #convertFields(schema: Part): Part {
    const out: Part = {}
    for (const [key, value] of Object.entries(schema)) {
      if (beside.has(key) || key.startsWith('x-')) continue
      if (key === 'properties' || key === 'patternProperties' || key === '$defs' || key === 'definitions' || key === 'dependentSchemas')
        out[key] = isPart(value) ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, this.convert(each)])) : value
      else if (key === 'allOf' || key === 'anyOf' || key === 'oneOf' || key === 'prefixItems')
        out[key] = Array.isArray(value) ? value.map((each) => this.convert(each)) : value
      else if (['items', 'additionalProperties', 'not', 'if', 'then', 'else', 'contains', 'propertyNames', 'unevaluatedProperties'].includes(key))
        out[key] = this.convert(value)
      else out[key] = value
    }
    return out
  }

  #translate(schema: Part): JsonSchema {
    const { nullable, exclusiveMinimum, exclusiveMaximum, ...rest } = schema
    const out: Part = { ...rest }
    if (exclusiveMinimum === true) {
      out['exclusiveMinimum'] = rest['minimum']
      delete out['minimum']
    } else if (typeof exclusiveMinimum === 'number') out['exclusiveMinimum'] = exclusiveMinimum
    if (exclusiveMaximum === true) {
      out['exclusiveMaximum'] = rest['maximum']
      delete out['maximum']
    } else if (typeof exclusiveMaximum === 'number') out['exclusiveMaximum'] = exclusiveMaximum
    if (nullable !== true) return out
    if (Array.isArray(out['enum']) && !out['enum'].includes(null)) out['enum'] = [...(out['enum'] as unknown[]), null]
    if (typeof out['type'] === 'string') return { ...out, type: [out['type'], 'null'] }
    return out['type'] === undefined && Object.keys(out).length > 0 ? { anyOf: [out, { type: 'null' }] } : out
  }
}
