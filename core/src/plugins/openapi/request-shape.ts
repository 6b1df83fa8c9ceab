import type { HookEndpoint, JsonSchema } from '@cadre/contract/manifest'
import { connectionHeaders } from '../check-manifest.ts'
import { isPart, type Part } from './document.ts'
import type { Schemas } from './json-schema.ts'

type Parameter = NonNullable<HookEndpoint['request']>['parameters'][number]
type Fields = Map<string, JsonSchema | boolean>

const places = ['path', 'query', 'header', 'cookie'] as const
const defaultStyle = { path: 'simple', query: 'form', header: 'simple', cookie: 'form' } as const
const styles = ['simple', 'form', 'label', 'matrix', 'spaceDelimited', 'pipeDelimited', 'deepObject'] as const
/** What the server sets itself. OpenAPI says that parameters of the first three names are to be ignored. */
const ownHeaders = new Set(['accept', 'content-type', 'authorization', ...connectionHeaders])

/**
 * The parameters of an operation as fields of its input. Those of the operation stand after those of its path and win. An Idempotency-Key
 * is ours to send: it becomes no field, and makes the call `keyed`.
 */
export function parametersOf(given: Part[], schemas: Schemas): { fields: Fields; parameters: Parameter[]; required: string[]; keyed: boolean } {
  const last = new Map(given.map((each) => [`${String(each['in'])} ${String(each['name'])}`, each]))
  const fields: Fields = new Map()
  const parameters: Parameter[] = []
  const required: string[] = []
  let keyed = false
  for (const each of last.values()) {
    const name = String(each['name'])
    const place = places.find((known) => known === each['in'])
    if (!place) throw new Error(`its parameter '${name}' is in '${String(each['in'])}', which is not known`)
    if (place === 'header' && name.toLowerCase() === 'idempotency-key') keyed = true
    else if (place !== 'header' || !ownHeaders.has(name.toLowerCase())) {
      const field = freeField(name, place, fields)
      fields.set(field, described(schemaOf(each, schemas), each['description']))
      parameters.push({ field, in: place, name, ...styleOf(each, place) })
      if (each['required'] === true || place === 'path') required.push(field)
    }
  }
  return { fields, parameters, required, keyed }
}

/** The body as one field, in the first media type that can be written from JSON. */
export function bodyOf(
  body: Part,
  schemas: Schemas,
  fields: Fields,
): { field: string; schema: JsonSchema | boolean; content_type: string; required: boolean } | null {
  const content = isPart(body['content']) ? body['content'] : {}
  const types = Object.keys(content)
  if (types.length === 0) return null
  const type =
    types.find((each) => /^application\/(.+\+)?json\b/i.test(each)) ??
    types.find((each) => /^application\/x-www-form-urlencoded\b/i.test(each)) ??
    types.find((each) => /^(text\/|application\/(.+\+)?xml\b)/i.test(each)) ??
    types.find((each) => each === '*/*' || each === 'application/*')
  if (type === undefined) throw new Error(`its body is ${types.join(' or ')}, which cannot be sent from here`)
  const media = isPart(content[type]) ? content[type] : {}
  const asText = /^(text\/|application\/(.+\+)?xml\b)/i.test(type)
  const schema = asText ? { type: 'string' } : schemas.convert(media['schema'] ?? {})
  const field = fields.has('body') ? 'request_body' : 'body'
  return {
    field,
    schema: described(schema, body['description']),
    content_type: type.includes('*') ? 'application/json' : type,
    required: body['required'] === true,
  }
}

function schemaOf(parameter: Part, schemas: Schemas): JsonSchema | boolean {
  const content = isPart(parameter['content']) ? Object.values(parameter['content'])[0] : undefined
  if (content !== undefined)
    throw new Error(`its parameter '${String(parameter['name'])}' has a media type of its own, which cannot be sent from here`)
  return schemas.convert(parameter['schema'] ?? {})
}

function styleOf(parameter: Part, place: Parameter['in']): Pick<Parameter, 'style' | 'explode'> {
  const style = styles.find((known) => known === parameter['style']) ?? defaultStyle[place]
  return { style, explode: typeof parameter['explode'] === 'boolean' ? parameter['explode'] : style === 'form' }
}

function described(schema: JsonSchema | boolean, description: unknown): JsonSchema | boolean {
  if (typeof description !== 'string' || description.trim() === '') return schema
  return schema === true ? { description } : schema === false ? schema : { ...schema, description }
}

// Model servers take names of these characters only.
function freeField(name: string, place: string, fields: Fields): string {
  const plain = name.replace(/[^A-Za-z0-9_.-]+/g, '_').slice(0, 60) || place
  if (!fields.has(plain)) return plain
  let field = `${plain}_${place}`
  for (let n = 2; fields.has(field); n++) field = `${plain}_${place}_${n}`
  return field
}
