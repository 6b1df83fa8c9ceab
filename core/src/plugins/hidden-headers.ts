import type { Manifest } from '@cadre/contract/forgehook'

/** The manifest as it may be shown and stored: headers carry credentials, so their values are left out. */
export function withHiddenHeaders(manifest: Manifest): Manifest {
  const { runtime } = manifest
  if (runtime.type !== 'http' || !runtime.headers) return manifest
  const headers = Object.fromEntries(Object.keys(runtime.headers).map((name) => [name, '***']))
  return { ...manifest, runtime: { ...runtime, headers } }
}
