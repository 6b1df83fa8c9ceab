import type { App } from '../../app.ts'

export type StepName =
  | 'message stored'
  | 'debounced'
  | 'context built'
  | 'agent chosen'
  | 'nobody answers'
  | 'turn waits'
  | 'message added'
  | 'run started'
  | 'first token'
  | 'replied'
  | 'stopped'
  | 'failed'
type About = {
  conversation_id: string
  message_id?: string
  agent_id?: string
  run_id?: string
  job_id?: string
  ms?: number
  [more: string]: unknown
}

/** One record for each step from a message to its answer, after the step is on disk. */
export function logStep({ log }: Pick<App, 'log'>, step: StepName, about: About) {
  log.info({ step, ...about }, `conversation: ${step}`)
}
