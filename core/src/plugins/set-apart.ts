import type { HookRuntime, Manifest } from '@cadre/contract/manifest'

/** The values of a runtime that are secret: headers of requests, the environment of a child process or container. */
export type RuntimeSecrets = Record<string, string>

const hidden = '***'

/** The manifest as it may be stored and shown, and what was set apart from it: secrets, which are sealed, and source, which is large. */
export function setApart(manifest: Manifest): { manifest: Manifest; secrets: RuntimeSecrets | null; source: string | null } {
  const secrets = secretsOf(manifest.runtime)
  const source = manifest.runtime.type === 'code' ? (manifest.runtime.source ?? null) : null
  return { manifest: { ...manifest, runtime: withoutSource(withHidden(manifest.runtime)) }, secrets, source }
}

/** The manifest as it may be shown, where it comes from a folder and holds its secrets. */
export function withHiddenSecrets(manifest: Manifest): Manifest {
  return { ...manifest, runtime: withHidden(manifest.runtime) }
}

/** The manifest without its headers or environment, and what they were. */
export function withoutSecrets<M extends Pick<Manifest, 'runtime'>>(manifest: M): { manifest: M; names: string[]; values: RuntimeSecrets } {
  const values = secretsOf(manifest.runtime) ?? {}
  return { manifest: { ...manifest, runtime: withValues(manifest.runtime, null) }, names: Object.keys(values).sort(), values }
}

/** The manifest with these as its headers or environment; none where there are none. */
export function withSecrets(manifest: Manifest, values: RuntimeSecrets): Manifest {
  return { ...manifest, runtime: withValues(manifest.runtime, Object.keys(values).length === 0 ? null : values) }
}

function withValues(runtime: HookRuntime, values: RuntimeSecrets | null): HookRuntime {
  if (runtime.type === 'http') return put(runtime, 'headers', values)
  if (runtime.type === 'container') return put(runtime, 'env', values)
  if (runtime.type !== 'mcp') return runtime
  const { transport } = runtime
  return { ...runtime, transport: transport.type === 'http' ? put(transport, 'headers', values) : put(transport, 'env', values) }
}

function put<T extends object>(holder: T, field: 'headers' | 'env', values: RuntimeSecrets | null): T {
  const { [field]: _, ...rest } = holder as T & { headers?: unknown; env?: unknown }
  return (values === null ? rest : { ...rest, [field]: values }) as T
}

function secretsOf(runtime: HookRuntime): RuntimeSecrets | null {
  if (runtime.type === 'http') return runtime.headers ?? null
  if (runtime.type === 'container') return runtime.env ?? null
  if (runtime.type !== 'mcp') return null
  return (runtime.transport.type === 'http' ? runtime.transport.headers : runtime.transport.env) ?? null
}

function withHidden(runtime: HookRuntime): HookRuntime {
  if (runtime.type === 'http') return runtime.headers ? { ...runtime, headers: stars(runtime.headers) } : runtime
  if (runtime.type === 'container') return runtime.env ? { ...runtime, env: stars(runtime.env) } : runtime
  if (runtime.type !== 'mcp') return runtime
  const { transport } = runtime
  if (transport.type === 'http') return transport.headers ? { ...runtime, transport: { ...transport, headers: stars(transport.headers) } } : runtime
  return transport.env ? { ...runtime, transport: { ...transport, env: stars(transport.env) } } : runtime
}

function withoutSource(runtime: HookRuntime): HookRuntime {
  if (runtime.type !== 'code') return runtime
  const { source: _, ...rest } = runtime
  return rest
}

function stars(values: RuntimeSecrets): RuntimeSecrets {
  return Object.fromEntries(Object.keys(values).map((name) => [name, hidden]))
}
