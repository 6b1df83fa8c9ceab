import { DecideApproval, type Approval } from '@cadre/contract/approvals'
import { Manifest } from '@cadre/contract/manifest'
import type { Run } from '@cadre/contract/runs'
import type { z } from 'zod'
import type { Actor } from '../../access/actor.ts'
import type { Reply } from '../../test/model-double.ts'
import { resultsSoFar } from '../../test/model-double.ts'
import { owner, type World } from '../../test/world.ts'

const input = {
  type: 'object',
  properties: { to: { type: 'string' }, text: { type: 'string' }, copy: { type: 'string' } },
  additionalProperties: false,
}
const endpoint = (path: string, fields: object) => ({ path, input, reads: [], leaves_machine: false, effect: 'once', ...fields })

/** A ForgeHook whose endpoints ask, read and send in all ways that matter for approvals; the service of the world counts what is done. */
export async function addMail({ api, effects }: Pick<World, 'api' | 'effects'>) {
  const { runtime, permissions } = effects.manifest
  const endpoints = [
    endpoint('/send', { approval: 'always', description: 'Sends a mail' }),
    endpoint('/file', { approval: 'always', effect: 'keyed' }),
    endpoint('/draft', { effect: 'idempotent' }),
    endpoint('/collect', { approval: 'always', reads: ['untrusted'] }),
    endpoint('/inbox', { effect: 'read', reads: ['private'] }),
    endpoint('/web', { effect: 'read', reads: ['untrusted'] }),
    endpoint('/post', { leaves_machine: true }),
    endpoint('/fetch', { effect: 'read', leaves_machine: true }),
  ]
  await api.plugins.add(owner, Manifest.parse({ id: 'mail', name: 'Mail', version: '1.0.0', runtime, permissions, endpoints }))
}

/** The model makes these calls, one batch after the other, and then says that it is done. */
export function calling(...batches: { tool: string; input?: object }[][]) {
  return (request: Parameters<typeof resultsSoFar>[0]): Reply => {
    let done = resultsSoFar(request).length
    for (const batch of batches) {
      if (done < batch.length) return { calls: batch.map(({ tool, input = {} }) => ({ tool, input })) }
      done -= batch.length
    }
    return { text: 'done' }
  }
}

/** What a person does in these tests. */
export function personOf({ api }: Pick<World, 'api'>) {
  const get = (runId: string) => api.runs.get(owner, { runId })
  const until = async <T>(look: () => Promise<T | undefined>): Promise<T> => {
    for (;;) {
      const found = await look()
      if (found !== undefined) return found
      await new Promise((resolve) => setImmediate(resolve))
    }
  }
  return {
    get,
    /** The run when it waits for an approval. */
    waiting: (runId: string): Promise<Run> =>
      until(async () => {
        const run = await get(runId)
        if (run.completed_at !== null) throw new Error(`it does not wait, it is ${run.status}: ${run.error?.message}`)
        return run.waiting?.for === 'approval' && run.status === 'pending' ? run : undefined
      }),
    ended: (runId: string): Promise<Run> =>
      until(async () => {
        const run = await get(runId)
        return run.completed_at === null ? undefined : run
      }),
    /** What is asked at this moment, the first question first. */
    asked: async (): Promise<Approval[]> => (await api.approvals.list(owner, { status: 'pending', limit: 50 })).items.toReversed(),
    decide: (id: string, decision: z.input<typeof DecideApproval>, actor: Actor = owner) =>
      api.approvals.decide(actor, { id, ...DecideApproval.parse(decision) }),
  }
}
