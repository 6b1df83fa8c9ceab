import { CadreError, invalid } from '@cadre/contract/errors'
import { type HookEndpoint, Manifest } from '@cadre/contract/manifest'
import type { ImportOpenapi, Plugin } from '@cadre/contract/plugins'
import type { Actor } from '../access/actor.ts'
import { explainNetworkError } from '../tools/network/explain-network-error.ts'
import { hostPortOf } from '../tools/network/network-rules.ts'
import { type AddApp, addPlugin } from './add-plugin.ts'
import { isPart, type OpenapiDocument, readDocument } from './openapi/document.ts'
import { type Operation, operationsOf } from './openapi/operations.ts'

type Listed = { operation: string; path: string; description: string; effect: HookEndpoint['effect']; problem: string | null }

const documentBytes = 5_000_000
const fetchMs = 30_000

/**
 * Makes an http ForgeHook of an OpenAPI 3 document. The addresses that the owner gives (of the document, of the service) are allowed by that;
 * one that the document names is reached only where it is public, or where the owner gave it too.
 */
export async function importOpenapi(app: AddApp, actor: Actor, given: ImportOpenapi): Promise<{ plugin: Plugin | null; operations: Listed[] }> {
  const field = given.url === undefined ? 'document' : 'url'
  const document = readDocument(given.document ?? (await download(app, given.url ?? '')), field)
  const id = given.id ?? idOf(document)
  const operations = operationsOf(document, id)
  const chosen = choose(operations, given.operations)
  const listed = operations.map(({ key, path, description, effect, problem }) => ({ operation: key, path, description, effect, problem }))
  if (given.preview) return { plugin: null, operations: listed }
  if (chosen.length === 0) throw invalid(field, 'has no operation that can become a tool')
  const base_url = baseUrlOf(document, given)
  const owned = [given.base_url, given.url].filter((url) => url !== undefined).map((url) => new URL(url).host)
  const { data: manifest, error } = Manifest.safeParse({
    id,
    name: (textOf(document['info'], 'title') || id).slice(0, 100),
    version: versionOf(document),
    description: textOf(document['info'], 'description').slice(0, 2_000),
    runtime: { type: 'http', base_url, ...(given.headers ? { headers: given.headers } : {}) },
    endpoints: chosen,
    permissions: { network: owned.includes(new URL(base_url).host) ? [hostPortOf(new URL(base_url))] : [] },
  })
  if (error) throw invalid(field, `makes no valid ForgeHook: ${error.issues[0]?.path.join('.')} ${error.issues[0]?.message}`)
  return { plugin: await addPlugin(app, actor, manifest), operations: listed }
}

function choose(operations: Operation[], wanted: string[] | undefined): HookEndpoint[] {
  if (wanted === undefined) return operations.flatMap(({ endpoint }) => (endpoint ? [endpoint] : []))
  return wanted.map((name, i) => {
    const found = operations.find(({ aliases }) => aliases.includes(name))
    if (!found)
      throw invalid(
        `operations[${i}]`,
        `there is no operation '${name}'; there are ${operations
          .map(({ key }) => key)
          .join(', ')
          .slice(0, 1_000)}`,
      )
    if (!found.endpoint) throw invalid(`operations[${i}]`, `'${name}' cannot become a tool: ${found.problem}`)
    return found.endpoint
  })
}

async function download({ hooks }: AddApp, text: string): Promise<string> {
  const url = new URL(text)
  try {
    const { status, body } = await hooks.connector.send({
      url,
      method: 'GET',
      headers: { accept: 'application/json, application/yaml;q=0.9, */*;q=0.5' },
      body: null,
      grants: [hostPortOf(url)],
      implied: url,
      max_bytes: documentBytes,
      signal: AbortSignal.timeout(fetchMs),
    })
    if (status === 200) return body
    throw new CadreError('PLUGIN_UNREACHABLE', `url: ${url.host} answered ${status} for the document`)
  } catch (error) {
    if (error instanceof CadreError) throw error
    const reason = explainNetworkError(error, text)?.message ?? (error as Error).message
    throw new CadreError('PLUGIN_UNREACHABLE', `url: ${reason}`)
  }
}

function baseUrlOf(document: OpenapiDocument, { base_url, url }: ImportOpenapi): string {
  if (base_url !== undefined) return base_url
  const [server] = Array.isArray(document['servers']) ? document['servers'] : []
  const template = textOf(server, 'url') || '/'
  const variables = isPart(server) && isPart(server['variables']) ? server['variables'] : {}
  const text = template.replace(/\{([^{}]+)\}/g, (_, name: string) => textOf(variables[name], 'default'))
  if (URL.canParse(text, url)) {
    const { href, protocol } = new URL(text, url)
    if (/^https?:$/.test(protocol)) return href.replace(/[?#].*$/, '')
  }
  throw invalid('base_url', `is needed: the document's server is '${template}'`)
}

function idOf(document: OpenapiDocument): string {
  const title = textOf(document['info'], 'title').normalize('NFKD').toLowerCase()
  const id = title
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, 30)
    .replace(/^-|-$/g, '')
  if (id === '') throw invalid('id', 'is needed: the document has no title to make one of')
  return id
}

function versionOf(document: OpenapiDocument): string {
  const [, major, minor = '0', patch = '0'] = /^v?(\d+)(?:\.(\d+))?(?:\.(\d+))?/.exec(textOf(document['info'], 'version')) ?? []
  return major === undefined ? '1.0.0' : `${major}.${minor}.${patch}`
}

function textOf(part: unknown, key: string): string {
  const value = isPart(part) ? part[key] : undefined
  return typeof value === 'string' ? value : ''
}
