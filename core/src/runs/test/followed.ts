import type { RunEvent } from '@cadre/contract/run-events'
import { owner, type World } from '../../test/world.ts'

/** A run that is streamed to its end; `seen` is told each event. */
export async function followed(world: World, agentId: string, seen: (runId: string, event: RunEvent) => Promise<void> = async () => {}) {
  const signal = AbortSignal.timeout(30_000)
  const events = await world.api.runs.start(owner, { idOrSlug: agentId, input: 'go', stream: true, wait: 0 }, { signal })
  if (!('run_id' in events) || !(Symbol.asyncIterator in events)) throw new Error('there was no stream')
  for await (const event of events) {
    await seen(events.run_id, event)
    if (event.type === 'run.ended') break
  }
  return world.api.runs.get(owner, { runId: events.run_id })
}
