import type { RunEvent } from '@cadre/contract/run-events'
import type { Cli } from './cli.ts'
import { compact, count, cut, duration, oneLine, shorten } from './text.ts'

const lineWidth = 100

/** One line on stderr for each thing that happens in a run. */
export function stepPrinter({ output, commandLine }: Cli, runId: string): (event: RunEvent) => void {
  const started = new Map<number, string>()
  let startedAt: number | undefined
  let tokens = 0
  const nameOf = (step: number) => [`step ${step}`, started.get(step) ?? '']
  type Tone = Parameters<typeof output.say>[1]
  const short = (parts: string[], tone?: Tone) => output.say(cut(joined(parts.map((part) => shorten(part, lineWidth))), lineWidth), tone)
  const whole = (parts: string[], tone?: Tone) => output.say(joined(parts.map(oneLine)), tone)

  return (event) => {
    switch (event.type) {
      case 'run.started':
        startedAt ??= Date.parse(event.at)
        short([runId, event.attempt > 1 ? `taken up again (${event.attempt})` : `${event.provider}/${event.model}`], 'quiet')
        break
      case 'model.completed':
        tokens += event.tokens_input + event.tokens_output
        short(
          [`model ${event.call}`, duration(event.duration_ms), `${event.tokens_input} in, ${event.tokens_output} out`, retried(event.retries)],
          'quiet',
        )
        break
      case 'tool.started':
        started.set(event.step, toolName(event))
        short([...nameOf(event.step), compact(event.input)])
        break
      case 'tool.completed': {
        const parts = [...nameOf(event.step), duration(event.duration_ms), retried(event.retries)]
        if (event.error === null) short([...parts, compact(event.output)], 'good')
        else whole([...parts, `failed: ${event.error}`], 'bad')
        break
      }
      case 'tool.uncertain':
        whole([...nameOf(event.step), `uncertain: ${event.reason}`], 'bad')
        output.say(`Settle it: ${commandLine(`runs resolve ${runId} <happened|did-not-happen|run-again> --step ${event.step}`)}`)
        break
      case 'tool.resolved':
        short([...nameOf(event.step), `settled as ${event.outcome.replaceAll('_', ' ')} by ${event.by}`])
        break
      case 'approval.requested':
        started.set(event.step, toolName(event))
        short([...nameOf(event.step), compact(event.input)])
        for (const { message } of event.reasons) whole([...nameOf(event.step), `needs an approval: ${message}`], 'bad')
        output.say(`Look at it: ${commandLine(`approvals show ${event.approval_id}`)}`)
        break
      case 'approval.decided':
        whole([...nameOf(event.step), event.by === null ? event.decision : `${event.decision} by ${event.by}`, event.note ?? ''])
        break
      case 'input.added':
        short([`${event.name ?? event.by} added`, event.text])
        break
      case 'run.waiting':
        whole([`waiting${event.waiting.until ? ` until ${event.waiting.until}` : ''}: ${event.waiting.reason}`], 'quiet')
        break
      case 'run.prepared':
        if (event.hooks.length > 0) short([`prompt extended by ${event.hooks.join(', ')}`], 'quiet')
        break
      case 'run.warning':
        whole([`warning: ${event.message}`], 'bad')
        break
      case 'run.ended': {
        const figures = [count(started.size, 'step'), count(tokens, 'token')]
        if (startedAt !== undefined) figures.push(duration(Date.parse(event.at) - startedAt))
        const reason = event.error ? `: ${event.error.message}` : ''
        whole([runId, `${event.status}${reason}`, `(${figures.join(', ')})`], event.status === 'completed' ? 'good' : 'bad')
        break
      }
      case 'text.delta':
        break
    }
  }
}

function joined(parts: string[]) {
  return parts.filter(Boolean).join('  ')
}

/** `data-transform__csv_to_json`, also where `tool` is the ForgeHook alone. */
export function toolName({ tool, action }: { tool: string; action: string }) {
  return tool.includes('__') ? tool : `${tool}__${action}`
}

function retried(retries: number) {
  return retries > 0 ? `after ${retries} ${retries === 1 ? 'retry' : 'retries'}` : ''
}
