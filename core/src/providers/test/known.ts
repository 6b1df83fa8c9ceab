import { tmpdir } from 'node:os'
import type { CreateProvider } from '@cadre/contract/providers'
import { openGguf } from '../gguf/open-gguf.ts'
import { fromConfig, type Known, secretsOf } from '../known-providers.ts'
import { makeModel } from '../make-model.ts'
import type { ProviderHttp } from '../provider-http.ts'

const gguf = openGguf(() => tmpdir())

/** A provider as cadre.yaml would make it. */
export function knownFrom(given: CreateProvider): Known {
  return fromConfig(given, 0)
}

/** Its model, by the road that every call takes. */
export function modelFrom(given: CreateProvider, name: string, http: ProviderHttp, contextSize: number | null = null) {
  const known = knownFrom(given)
  return makeModel(known, name, { fetch: http.fetchFor(secretsOf(known)), contextSize: () => Promise.resolve(contextSize), gguf })
}
