import type { ModelCall, Run, Step, StepApproval } from '@cadre/contract/runs'
import { answerText } from './follow.ts'
import { toolName } from './print-events.ts'
import { compact, count, duration, harmless, localTime, oneLine, shorten } from './text.ts'

const lineWidth = 100

/** A run as a person reads it: what it is, each model call with the steps it asked for, the answer. */
export function describeRun(run: Run, full: boolean): string {
  const fit = (label: string, text: string) => (full ? label + harmless(text) : label + shorten(text, lineWidth - label.length))
  const lines = headLines(run).map(([title, value]) => fit(`${title.padEnd(9)} `, value))
  for (const warning of run.warnings) lines.push(fit('Warning   ', warning.message))

  lines.push('')
  const shown = new Set<Step>()
  for (const call of run.model_calls) {
    for (const { name, by, text } of run.added.filter((added) => added.call === call.call)) lines.push(fit(`${name ?? by} added  `, text))
    lines.push(...modelLines(call, fit))
    for (const step of run.steps.filter((step) => step.call === call.call)) {
      shown.add(step)
      lines.push(...stepLines(step, fit))
    }
  }
  for (const step of run.steps) if (!shown.has(step)) lines.push(...stepLines(step, fit))

  if (run.status === 'completed') lines.push('', 'Output', answerText(run))
  return lines.join('\n')
}

type Fit = (label: string, text: string) => string

function headLines(run: Run): [string, string][] {
  const { metrics } = run
  const figures = [count(metrics.total_steps, 'step'), `${metrics.tokens_input} + ${metrics.tokens_output} tokens`]
  if (metrics.duration_ms !== null) figures.unshift(duration(metrics.duration_ms))
  if (metrics.cost !== null) figures.push(`$${metrics.cost.toFixed(4)}`)
  if (run.attempts > 1) figures.push(`taken up ${run.attempts} times`)
  const lines: [string, string | null][] = [
    ['Run', run.run_id],
    ['Agent', run.agent_id],
    ['Status', `${run.status} (${figures.join(', ')})`],
    ['Model', run.model === null ? null : `${run.provider}/${run.model}`],
    ['Created', `${localTime(run.created_at)} by ${run.triggered_by}`],
    ['Waiting', run.waiting && `${run.waiting.reason}${run.waiting.until ? ` until ${run.waiting.until}` : ''}`],
    ['Error', run.error && `${run.error.code}: ${run.error.message}`],
    ['Input', run.input],
    ['Data', run.data === null ? null : compact(run.data)],
  ]
  return lines.filter((line): line is [string, string] => line[1] !== null)
}

function modelLines(call: ModelCall, fit: Fit) {
  const first = call.first_token_ms === null ? '' : `, first after ${duration(call.first_token_ms)}`
  const retries = call.retries ? `, retries ${call.retries}` : ''
  const cached = call.tokens_cached ? ` (${call.tokens_cached} cached)` : ''
  const lines = [
    `model ${call.call}   ${duration(call.duration_ms)}${first}   ${call.tokens_input}${cached} + ${call.tokens_output} tokens   ${call.finish_reason}${retries}`,
  ]
  if (call.reasoning) lines.push(fit('  thought ', call.reasoning))
  if (call.text) lines.push(fit('  text    ', call.text))
  return lines
}

function stepLines(step: Step, fit: Fit) {
  const retries = step.retries ? `   retries ${step.retries}` : ''
  const lines = [
    oneLine(`step ${step.step}`).padEnd(8) + `  ${oneLine(toolName(step))}   ${isOpen(step) ? step.status : duration(step.duration_ms)}${retries}`,
    fit('    in    ', compact(step.input)),
  ]
  if (step.approval) lines.push(fit('    asked ', approvalText(step.approval)))
  if (step.status === 'completed') lines.push(fit('    out   ', compact(step.output)))
  if (step.error !== null) lines.push(`    ${step.status === 'uncertain' ? 'uncertain' : 'failed'}: ${oneLine(step.error)}`)
  return lines
}

function isOpen({ status }: Step) {
  return status === 'running' || status === 'waiting'
}

function approvalText({ approval_id, status, by, note, reasons }: StepApproval) {
  const decided = `${status}${by === null ? '' : ` by ${by}`}${note === null ? '' : `: ${note}`}`
  return `${approval_id}, ${decided} (${reasons.map(({ message }) => message).join('; ')})`
}
