import type { Plugin } from '@cadre/contract/plugins'
import { useCallback } from 'react'
import { useClient } from './context.ts'
import { useResource } from './resource.ts'

/** The ForgeHooks with their endpoints, and the way to try one by hand. */
export function useTools() {
  const client = useClient()
  const { data, ...resource } = useResource<{ items: Plugin[] }>(client, 'plugins', (client) => client.plugins.list())

  /** @param tool as a model calls it: `date-utils__parse_dates`. With `dryRun` everything is checked and nothing is done. */
  const invoke = useCallback(
    (tool: string, input: Record<string, unknown>, { dryRun = false }: { dryRun?: boolean } = {}) => {
      const [id = '', path = ''] = tool.split('__')
      return client.plugins.invoke({ id, path, input, dry_run: dryRun })
    },
    [client],
  )

  return { plugins: data?.items ?? null, ...resource, invoke }
}
