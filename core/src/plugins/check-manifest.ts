import { invalid } from '@cadre/contract/errors'
import { lifecycleOf, messagePoints } from '@cadre/contract/lifecycle-hooks'
import { type Manifest, toolName } from '@cadre/contract/manifest'
import { checkSchema } from '../tools/tool-schema.ts'
import { refuseUngranted } from './refuse-ungranted.ts'

/** Model servers take tool names up to this length. */
const longestName = 64

/** What the manifest's own schema cannot say: tool names are distinct and short enough, its runtime and permissions fit together. */
export function checkManifest(manifest: Manifest) {
  const { runtime } = manifest
  if (runtime.type === 'http') {
    checkUrl(runtime.base_url, 'runtime.base_url')
    checkHeaders(runtime.headers, 'runtime.headers')
  }
  if (runtime.type === 'mcp') checkTransport(runtime.transport)
  if (runtime.type === 'container') checkContainer(manifest)
  refuseUngranted(manifest)
  checkEndpoints(manifest)
  checkLifecycle(manifest)
}

/** That every schema compiles. It takes some 2 ms for each. */
export function checkSchemas(manifest: Manifest) {
  for (const [i, endpoint] of manifest.endpoints.entries()) {
    checkSchema(endpoint.input, `endpoints[${i}].input`)
    if (endpoint.input['type'] !== 'object') throw invalid(`endpoints[${i}].input`, `must describe an object ("type": "object")`)
    if (endpoint.output) checkSchema(endpoint.output, `endpoints[${i}].output`)
  }
  if (manifest.options) checkSchema(manifest.options, 'options')
}

/** MCP servers and code say themselves which endpoints they have; then there must be some, or lifecycle hooks. */
export function needEndpoints(manifest: Manifest) {
  if (manifest.endpoints.length === 0 && lifecycleOf(manifest).length === 0) throw invalid('endpoints', 'must have at least one, or lifecycle a hook')
}

function checkLifecycle(manifest: Manifest) {
  for (const { point, hook } of lifecycleOf(manifest)) {
    const at = `lifecycle.${point}`
    if (manifest.runtime.type === 'mcp') throw invalid(at, `has no place in the runtime 'mcp': its servers know tools only`)
    if (hook.changes && !messagePoints.has(point)) throw invalid(`${at}.changes`, 'belongs to the points of a message only')
    if (manifest.endpoints.some(({ path }) => path === `/${point}`)) throw invalid(at, `the endpoint '/${point}' has its handler`)
  }
  if (manifest.options && manifest.options['type'] !== 'object') throw invalid('options', `must describe an object ("type": "object")`)
}

function checkEndpoints({ id, runtime, endpoints }: Manifest) {
  const names = new Set<string>()
  for (const [i, { path, request, mcp, effect, approval }] of endpoints.entries()) {
    const name = toolName(id, path)
    if (names.has(name)) throw invalid(`endpoints[${i}].path`, `another endpoint already makes the tool '${name}'`)
    if (name.length > longestName) throw invalid(`endpoints[${i}].path`, `makes the tool name '${name}', longer than ${longestName} characters`)
    if (request && runtime.type !== 'http') throw invalid(`endpoints[${i}].request`, `belongs to the runtime 'http' only`)
    const stray = request?.parameters.find((each) => each.in === 'header' && connectionHeaders.includes(each.name.toLowerCase()))
    if (stray) throw invalid(`endpoints[${i}].request.parameters`, `'${stray.name}' belongs to the connection and cannot be set`)
    if (mcp && runtime.type !== 'mcp') throw invalid(`endpoints[${i}].mcp`, `belongs to the runtime 'mcp' only`)
    if (approval === 'always' && effect === 'read') throw invalid(`endpoints[${i}].approval`, `cannot be 'always' where the effect is 'read'`)
    names.add(name)
  }
}

function checkTransport(transport: Extract<Manifest['runtime'], { type: 'mcp' }>['transport']) {
  if (transport.type === 'http') {
    if (new URL(transport.url).username) throw invalid('runtime.transport.url', 'must not hold a password; give an Authorization header')
    checkHeaders(transport.headers, 'runtime.transport.headers')
    return
  }
  for (const name of Object.keys(transport.env ?? {})) checkVariable(name, `runtime.transport.env.${name}`)
}

function checkContainer({ runtime, permissions }: Manifest) {
  if (runtime.type !== 'container') return
  for (const name of Object.keys(runtime.env ?? {})) checkVariable(name, `runtime.env.${name}`)
  const { network } = permissions
  if (network.length > 1 || (network.length === 1 && network[0] !== '*'))
    throw invalid('permissions.network', `a container has no network, or with "*" a whole one: single hosts cannot be told apart from here`)
}

function checkVariable(name: string, path: string) {
  if (!/^[A-Za-z_]\w*$/.test(name)) throw invalid(path, 'is not the name of an environment variable')
}

function checkUrl(text: string, path: string) {
  const url = new URL(text)
  if (url.username || url.password) throw invalid(path, 'must not hold a password; give an Authorization header in runtime.headers')
  if (url.search || url.hash) throw invalid(path, 'must end with its path; endpoints are put behind it')
}

/** Headers that belong to the connection. */
export const connectionHeaders = ['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect', 'keep-alive', 'te', 'trailer']

function checkHeaders(headers: Record<string, string> = {}, path: string) {
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw invalid(`${path}.${name}`, 'is not the name of a header')
    if (connectionHeaders.includes(name.toLowerCase())) throw invalid(`${path}.${name}`, 'belongs to the connection and cannot be set')
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) throw invalid(`${path}.${name}`, 'has a value with characters that a header cannot hold')
  }
}
