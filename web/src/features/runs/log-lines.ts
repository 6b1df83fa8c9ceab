import type { Run } from '@cadre/contract/runs'
import type { Format } from '../../i18n/format.ts'
import type { Texts } from '../../i18n/en.ts'
import { stepName } from './step-name.ts'

export type LogLine = { key: string; at: string; text: string; tone: 'plain' | 'danger' | 'warning' }

/** What happened, in order of time, in words. */
export function logLines(run: Run, texts: Texts, format: Format): LogLine[] {
  const lines: LogLine[] = []
  if (run.started_at && run.provider) {
    lines.push({ key: 'start', at: run.started_at, tone: 'plain', text: texts.run.logStarted(run.provider, run.model ?? '') })
  }
  for (const { call, timestamp, finish_reason, taken_over } of run.model_calls) {
    lines.push({
      key: `call-${call}`,
      at: timestamp,
      tone: finish_reason === 'error' ? 'danger' : 'plain',
      text: texts.run.logModel(format.number(call), finish_reason) + (taken_over ? `, ${texts.again.takenOver}` : ''),
    })
  }
  for (const { step, tool, action, timestamp, status, error, duration_ms } of run.steps) {
    const outcome = error ?? `${texts.stepStatus[status]}${status === 'running' ? '' : ` (${format.duration(duration_ms)})`}`
    const tone = status === 'failed' ? 'danger' : status === 'uncertain' ? 'warning' : 'plain'
    lines.push({ key: `step-${step}`, at: timestamp, tone, text: `${stepName({ tool, action })}: ${outcome}` })
  }
  for (const { call, timestamp, record } of run.compactions) {
    lines.push({ key: `compacted-${call}`, at: timestamp, tone: 'warning', text: `${texts.run.compacted}: ${record.why}` })
  }
  if (run.prepared && run.prepared.hooks.length > 0) {
    const text = texts.run.prepared(run.prepared.hooks.join(', '))
    lines.push({ key: 'prepared', at: run.prepared.timestamp, tone: 'plain', text })
  }
  for (const { call, timestamp, name, by, text } of run.added) {
    lines.push({ key: `added-${call}-${timestamp}`, at: timestamp, tone: 'plain', text: `${texts.run.added(name ?? by)}: ${text}` })
  }
  lines.sort((a, b) => Date.parse(a.at) - Date.parse(b.at))
  if (run.completed_at) {
    const reason = run.error ? `: ${run.error.message}` : ''
    lines.push({
      key: 'end',
      at: run.completed_at,
      tone: run.error ? 'danger' : 'plain',
      text: texts.run.logEnded(texts.runStatus[run.status]) + reason,
    })
  }
  return lines
}
