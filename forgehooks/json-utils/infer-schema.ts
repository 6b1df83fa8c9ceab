import { fitsFormat } from './formats.ts'
import { isObject, needShallow, setMember } from './json-value.ts'

type Schema = Record<string, unknown>

/** A schema (draft 2020-12) that the data fits: types, fields, which of them are always there, formats of texts. */
export function inferSchema({ data }: { data: unknown }) {
  needShallow(data, 'data')
  return { schema: { $schema: 'https://json-schema.org/draft/2020-12/schema', ...schemaOf([data]) } }
}

/** One schema for all the values that were found in one place. */
function schemaOf(values: unknown[]): Schema {
  const types = new Set(values.map(typeOf))
  // Every integer is a number too.
  if (types.has('number')) types.delete('integer')
  const names = [...types]
  const schema: Schema = names.length === 0 ? {} : { type: names.length === 1 ? names[0] : names }
  const objects = values.filter(isObject)
  if (objects.length > 0) Object.assign(schema, fieldsOf(objects))
  const lists = values.filter(Array.isArray)
  const items = lists.flat()
  if (items.length > 0) schema['items'] = schemaOf(items)
  const texts = values.filter((value) => typeof value === 'string')
  const format = texts.length > 0 ? formatOf(texts) : undefined
  if (format) schema['format'] = format
  return schema
}

function fieldsOf(objects: Schema[]): Schema {
  const found = new Map<string, unknown[]>()
  for (const object of objects) {
    for (const [name, value] of Object.entries(object)) {
      const known = found.get(name)
      if (known) known.push(value)
      else found.set(name, [value])
    }
  }
  const properties: Schema = {}
  for (const [name, values] of found) setMember(properties, name, schemaOf(values))
  const required = [...found].filter(([, values]) => values.length === objects.length).map(([name]) => name)
  return { properties, ...(required.length > 0 ? { required } : {}) }
}

function typeOf(value: unknown): string {
  if (value === null) return 'null'
  if (Array.isArray(value)) return 'array'
  return typeof value === 'number' ? (Number.isInteger(value) ? 'integer' : 'number') : typeof value
}

const FORMATS = ['date', 'date-time', 'time', 'email', 'uuid', 'uri', 'ipv4', 'ipv6'] as const

/** What is data of another kind reads as a URI too, such as "note:later"; those with a host, and the usual ones without, are meant as one. */
const MEANT_AS_URI = /^(?:[a-z][a-z\d+.-]*:\/\/|(?:mailto|tel|urn|data):)/i

/** The data always fits: these are the tests that validate makes. */
function formatOf(texts: string[]): string | undefined {
  return FORMATS.find((name) => texts.every((text) => fitsFormat(text, name) && (name !== 'uri' || MEANT_AS_URI.test(text))))
}
