import { invalid } from '@cadre/contract/errors'
import { type Manifest, toolName } from '@cadre/contract/forgehook'
import { checkSchema } from '../tools/tool-schema.ts'

/** Model servers take tool names up to this length. */
const longestName = 64

/** What the manifest's own schema cannot say: tool names are distinct and short enough, headers can be sent. */
export function checkManifest(manifest: Manifest) {
  if (manifest.runtime.type === 'http') checkHttp(manifest.runtime)
  const names = new Set<string>()
  for (const [i, endpoint] of manifest.endpoints.entries()) {
    const name = toolName(manifest.id, endpoint.path)
    if (names.has(name)) throw invalid(`endpoints[${i}].path`, `another endpoint already makes the tool '${name}'`)
    if (name.length > longestName) throw invalid(`endpoints[${i}].path`, `makes the tool name '${name}', longer than ${longestName} characters`)
    names.add(name)
  }
}

/** That every schema compiles. It takes some 2 ms for each. */
export function checkSchemas(manifest: Manifest) {
  for (const [i, endpoint] of manifest.endpoints.entries()) {
    checkSchema(endpoint.input, `endpoints[${i}].input`)
    if (endpoint.input['type'] !== 'object') throw invalid(`endpoints[${i}].input`, `must describe an object ("type": "object")`)
    if (endpoint.output) checkSchema(endpoint.output, `endpoints[${i}].output`)
  }
}

/** Headers that belong to the connection. */
const own = new Set(['host', 'connection', 'content-length', 'transfer-encoding', 'upgrade', 'expect', 'keep-alive', 'te', 'trailer'])

function checkHttp({ base_url, headers = {} }: Extract<Manifest['runtime'], { type: 'http' }>) {
  const url = new URL(base_url)
  if (url.username || url.password) throw invalid('runtime.base_url', 'must not hold a password; give an Authorization header in runtime.headers')
  if (url.search || url.hash) throw invalid('runtime.base_url', 'must end with its path; endpoints are put behind it')
  for (const [name, value] of Object.entries(headers)) {
    if (!/^[\w!#$%&'*+.^`|~-]+$/.test(name)) throw invalid(`runtime.headers.${name}`, 'is not the name of a header')
    if (own.has(name.toLowerCase())) throw invalid(`runtime.headers.${name}`, 'belongs to the connection and cannot be set')
    if (!/^[\t\x20-\x7e\x80-\xff]*$/.test(value)) throw invalid(`runtime.headers.${name}`, 'has a value with characters that a header cannot hold')
  }
}
