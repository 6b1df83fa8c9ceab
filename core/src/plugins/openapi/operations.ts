import { type HookEndpoint, toolName } from '@cadre/contract/manifest'
import { isPart, type OpenapiDocument, type Part, resolve } from './document.ts'
import { Schemas } from './json-schema.ts'
import { bodyOf, parametersOf } from './request-shape.ts'

/** One operation of a document: as a tool, or why it cannot be one. `key`: its operationId, or `GET /pets`. */
export type Operation = { key: string; aliases: string[]; description: string; effect: HookEndpoint['effect']; path: string } & (
  | { endpoint: HookEndpoint; problem: null }
  | { endpoint: null; problem: string }
)

const methods = ['get', 'head', 'options', 'put', 'delete', 'post', 'patch'] as const
type Method = (typeof methods)[number]
const longestName = 64

/** @param id of the plugin, which the names of tools begin with. */
export function operationsOf(document: OpenapiDocument, id: string): Operation[] {
  const taken = new Set<string>()
  return Object.entries(document.paths).flatMap(([path, item]) => {
    if (!isPart(item) || path.startsWith('x-')) return []
    return methods.filter((method) => isPart(item[method])).map((method) => operationOf(document, id, { path, method, item }, taken))
  })
}

type Place = { path: string; method: Method; item: Part }

function operationOf(document: OpenapiDocument, id: string, place: Place, taken: Set<string>): Operation {
  const operation = place.item[place.method] as Part
  const { method, path } = place
  const plain = `${method.toUpperCase()} ${path}`
  const named = typeof operation['operationId'] === 'string' ? operation['operationId'] : null
  const description = [operation['summary'], operation['description']]
    .filter((text): text is string => typeof text === 'string' && text.trim() !== '')
    .join('. ')
  const tool = freePath(named ?? `${method}${path}`, id, taken)
  const common = {
    key: named ?? plain,
    aliases: named === null ? [plain] : [named, plain],
    description: (description || plain).slice(0, 2_000),
    path: tool,
  }
  try {
    const { endpoint, effect } = endpointOf(document, place, operation)
    return { ...common, effect, endpoint: { ...endpoint, path: tool, description: common.description, effect }, problem: null }
  } catch (error) {
    return { ...common, effect: effectOf(method), endpoint: null, problem: (error as Error).message }
  }
}

function endpointOf(document: OpenapiDocument, { path, method, item }: Place, operation: Part) {
  if (operation['servers'] ?? item['servers']) throw new Error('has a server of its own; import it with its base_url by itself')
  const schemas = new Schemas(document)
  const given = [...list(item['parameters']), ...list(operation['parameters'])].map((each) => resolve(document, each))
  const { fields, parameters, required, keyed } = parametersOf(given, schemas)
  const missing = [...path.matchAll(/\{([^{}]+)\}/g)]
    .map(([, name]) => name)
    .find((name) => !parameters.some((each) => each.in === 'path' && each.name === name))
  if (missing !== undefined) throw new Error(`its path has {${missing}}, which is not among its parameters`)
  const body = operation['requestBody'] === undefined ? null : bodyOf(resolve(document, operation['requestBody']), schemas, fields)
  const input = {
    type: 'object',
    properties: { ...Object.fromEntries(fields), ...(body ? { [body.field]: body.schema } : {}) },
    required: [...required, ...(body?.required ? [body.field] : [])],
    additionalProperties: false,
    ...schemas.defs,
  }
  const request = {
    method: method.toUpperCase() as Uppercase<Method>,
    path,
    parameters,
    ...(body ? { body: { field: body.field, content_type: body.content_type } } : {}),
  }
  return { endpoint: { input, request }, effect: keyed && effectOf(method) === 'once' ? ('keyed' as const) : effectOf(method) }
}

// RFC 9110, section 9.2.2: which methods may be repeated.
function effectOf(method: Method): HookEndpoint['effect'] {
  if (method === 'put' || method === 'delete') return 'idempotent'
  return method === 'post' || method === 'patch' ? 'once' : 'read'
}

function freePath(wish: string, id: string, taken: Set<string>): string {
  const room = longestName - toolName(id, '').length - 4
  const plain =
    wish
      .replace(/[^A-Za-z0-9_-]+/g, '_')
      .replace(/^_+|_+$/g, '')
      .slice(0, room) || 'operation'
  let path = `/${plain}`
  for (let n = 2; taken.has(path); n++) path = `/${plain}_${n}`
  taken.add(path)
  return path
}

function list(value: unknown): unknown[] {
  return Array.isArray(value) ? value : []
}
