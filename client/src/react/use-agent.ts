import type { Agent, PublicAgent } from '@cadre/contract/agents'
import type { Run, StartRun } from '@cadre/contract/runs'
import { useCallback, useState } from 'react'
import { startRun } from '../client.ts'
import { useClient } from './context.ts'
import { useResource } from './resource.ts'

export type RunInput = Omit<Partial<StartRun>, 'stream'> & { input: string }

/** One agent by id or slug, and the way to give it work. */
export function useAgent(idOrSlug: string) {
  const client = useClient()
  const { data: agent, ...resource } = useResource<Agent | PublicAgent>(client, `agent ${idOrSlug}`, (client) => client.agents.get({ idOrSlug }))
  const [isStarting, setStarting] = useState(false)

  /** Answers as soon as the run is accepted; follow it with `useRun(run.run_id)`. `wait` asks for an answer at the end instead. */
  const start = useCallback(
    async (input: RunInput, options?: { idempotencyKey?: string }): Promise<Run> => {
      setStarting(true)
      try {
        return await startRun(client, { wait: 0, ...input, idOrSlug }, options)
      } finally {
        setStarting(false)
      }
    },
    [client, idOrSlug],
  )

  return { agent, ...resource, start, isStarting }
}
