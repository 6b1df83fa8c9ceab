import { contract } from '@cadre/contract'
import { type AnyContractProcedure, isContractProcedure } from '@orpc/contract'

/** One entry of the contract as a door sees it. */
export type Endpoint = {
  /** `runs.start` */
  name: string
  method: string
  segments: string[]
  params: string[]
  /** The fields of its input; null where it takes none. */
  fields: Set<string> | null
}

export const endpoints: Endpoint[] = Object.entries(contract).flatMap(([group, entries]) =>
  Object.entries(entries).flatMap(([name, entry]) => (isContractProcedure(entry) ? [endpoint(`${group}.${name}`, entry)] : [])),
)
const byName = new Map(endpoints.map((entry) => [entry.name, entry]))

function endpoint(name: string, entry: AnyContractProcedure): Endpoint {
  const { route, inputSchema } = entry['~orpc']
  const segments = (route.path ?? '').split('/').slice(1)
  return {
    name,
    method: route.method ?? 'POST',
    segments,
    params: segments.flatMap((segment) => (segment.startsWith('{') ? [segment.slice(1, -1)] : [])),
    fields: inputSchema && 'shape' in inputSchema ? new Set(Object.keys(inputSchema.shape as object)) : null,
  }
}

export function endpointByName(name: string) {
  return byName.get(name)
}

export type Found = { endpoint: Endpoint | null; allow: string[]; params: Record<string, string> }

/** Which endpoint a path and a method mean. `endpoint` is null where the path exists, but not with this method. */
export function findEndpoint(method: string, path: string): Found | null {
  const parts = path.replace(/\/$/, '').split('/').slice(1)
  const there = endpoints.filter((entry) => fits(entry.segments, parts))
  if (there.length === 0) return null
  const asked = method === 'HEAD' ? 'GET' : method
  const endpoint = there.find((entry) => entry.method === asked) ?? null
  const methods = new Set(there.map((entry) => entry.method))
  const allow = [...methods, ...(methods.has('GET') ? ['HEAD'] : []), 'OPTIONS']
  const params: Record<string, string> = {}
  endpoint?.segments.forEach((segment, i) => {
    if (segment.startsWith('{')) params[segment.slice(1, -1)] = parts[i] ?? ''
  })
  return { endpoint, allow, params }
}

function fits(segments: string[], parts: string[]) {
  return segments.length === parts.length && segments.every((segment, i) => (segment.startsWith('{') ? parts[i] !== '' : segment === parts[i]))
}
