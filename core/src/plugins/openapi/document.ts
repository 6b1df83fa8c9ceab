import { invalid } from '@cadre/contract/errors'
import { parseDocument } from 'yaml'

/** A part of a document whose shape is not known yet. */
export type Part = Record<string, unknown>
export type OpenapiDocument = Part & { openapi: string; paths: Part }

const aliases = 100

/** An OpenAPI 3.x document of JSON or YAML text, or of an object. Throws INVALID naming the field it was given in. */
export function readDocument(given: string | Part, field: 'url' | 'document'): OpenapiDocument {
  const document = typeof given === 'string' ? parse(given, field) : given
  if (!isPart(document)) throw invalid(field, 'is no OpenAPI document: it is not an object')
  if ('swagger' in document) throw invalid(field, `is Swagger ${String(document['swagger'])}; version 3 of OpenAPI is needed (converters exist)`)
  const { openapi, paths } = document
  if (typeof openapi !== 'string' || !/^3\.\d/.test(openapi))
    throw invalid(field, `is no OpenAPI 3 document: its 'openapi' is ${JSON.stringify(openapi) ?? 'missing'}`)
  if (!isPart(paths)) throw invalid(field, `has no 'paths'`)
  return document as OpenapiDocument
}

function parse(text: string, field: string): unknown {
  const json = /^\s*\{/.test(text)
  try {
    if (json) return JSON.parse(text)
    const document = parseDocument(text, { prettyErrors: true })
    if (document.errors[0]) throw document.errors[0]
    return document.toJS({ maxAliasCount: aliases })
  } catch (error) {
    throw invalid(field, `is not ${json ? 'JSON' : 'YAML'}: ${(error as Error).message.split('\n', 1)[0]}`)
  }
}

export function isPart(value: unknown): value is Part {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** What a part is, or what it refers to within the document. Throws an Error in words for a reference that leads nowhere. */
export function resolve(document: Part, part: unknown): Part {
  let at = part
  for (let hops = 0; isPart(at) && typeof at['$ref'] === 'string'; hops++) {
    const ref = at['$ref']
    if (hops > 20) throw new Error(`'${ref}' refers to itself`)
    at = find(document, ref)
  }
  if (!isPart(at)) throw new Error('something that should be an object is not')
  return at
}

/** The value at a reference like #/components/parameters/limit. */
export function find(document: Part, ref: string): unknown {
  if (!ref.startsWith('#/')) throw new Error(`refers to '${ref}', which is not in the document; only references within it work`)
  let at: unknown = document
  for (const step of ref.slice(2).split('/')) {
    const key = decodeURIComponent(step).replaceAll('~1', '/').replaceAll('~0', '~')
    at = (isPart(at) || Array.isArray(at)) && Object.hasOwn(at, key) ? (at as Part)[key] : undefined
  }
  if (at === undefined) throw new Error(`refers to '${ref}', and there is nothing`)
  return at
}
