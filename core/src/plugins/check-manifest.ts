import { invalid } from '@cadre/contract/errors'
import { type Manifest, toolName } from '@cadre/contract/forgehook'
import { checkSchema } from '../tools/tool-schema.ts'

/** Model servers take tool names up to this length. */
const longestName = 64

/** What the manifest's own schema cannot say: schemas compile, tool names are distinct and short enough. */
export function checkManifest(manifest: Manifest) {
  const names = new Set<string>()
  for (const [i, endpoint] of manifest.endpoints.entries()) {
    const name = toolName(manifest.id, endpoint.path)
    if (names.has(name)) throw invalid(`endpoints[${i}].path`, `another endpoint already makes the tool '${name}'`)
    if (name.length > longestName) throw invalid(`endpoints[${i}].path`, `makes the tool name '${name}', longer than ${longestName} characters`)
    names.add(name)
    checkSchema(endpoint.input, `endpoints[${i}].input`)
    if (endpoint.input['type'] !== 'object') throw invalid(`endpoints[${i}].input`, `must describe an object ("type": "object")`)
    if (endpoint.output) checkSchema(endpoint.output, `endpoints[${i}].output`)
  }
}
