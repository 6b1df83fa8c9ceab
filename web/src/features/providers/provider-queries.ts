import type { Client } from '@cadre/client'
import type { Detected } from '@cadre/contract/providers'
import { queryOptions } from '@tanstack/react-query'
import { client } from '../../lib/api.ts'

export const providersQuery = queryOptions({
  queryKey: ['providers', 'list'],
  queryFn: async ({ signal }) => (await client.providers.list(undefined, { signal })).items,
})

/** Asks every usable provider what it has. */
export const modelsQuery = queryOptions({
  queryKey: ['providers', 'models'],
  queryFn: ({ signal }) => client.providers.models({}, { signal }),
  staleTime: 60_000,
})

export const aliasesQuery = queryOptions({
  queryKey: ['providers', 'aliases'],
  queryFn: async ({ signal }) => (await client.providers.aliases(undefined, { signal })).items,
})

export const detectQuery = queryOptions({
  queryKey: ['detected'],
  queryFn: async ({ signal }) => (await client.providers.detect(undefined, { signal })).items,
  staleTime: 30_000,
})

/** Adds what was found, unless it is there already. @returns the provider's id. */
export async function addDetected(client: Client, { type, server, base_url, provider }: Detected): Promise<string> {
  if (provider !== null) return provider
  const id =
    (server ?? type)
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, '-')
      .replace(/^-|-$/g, '') || type
  return (await client.providers.add({ id, type, base_url })).id
}
