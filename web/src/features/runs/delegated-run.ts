import type { Step } from '@cadre/contract/runs'

/** The run of the agent that a step handed its task to. Of a large answer only the beginning is here, as text. */
export function delegatedRun({ tool, output }: Pick<Step, 'tool' | 'output'>): string | null {
  if (tool !== 'agents') return null
  if (typeof output === 'string') return /^\{"run_id":"(run_[a-z0-9]+)"/.exec(output)?.[1] ?? null
  const { run_id } = (output ?? {}) as { run_id?: unknown }
  return typeof run_id === 'string' ? run_id : null
}
