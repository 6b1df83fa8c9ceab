import type { RunEvent } from '@cadre/contract/run-events'
import type { Cli } from './cli.ts'
import { compact, count, duration, oneLine, shorten } from './text.ts'

const lineWidth = 100

/** One line on stderr for each thing that happens in a run. */
export function stepPrinter({ output: { say }, commandLine }: Cli, runId: string): (event: RunEvent) => void {
  const started = new Map<number, string>()
  let startedAt: number | undefined
  let tokens = 0
  const line = (text: string, tone?: Parameters<typeof say>[1]) => say(shorten(text, lineWidth), tone)
  const nameOf = (step: number) => `step ${step}  ${started.get(step) ?? ''}`.trimEnd()

  return (event) => {
    switch (event.type) {
      case 'run.started':
        startedAt ??= Date.parse(event.at)
        line(event.attempt > 1 ? `${runId}  taken up again (${event.attempt})` : `${runId}  ${event.provider}/${event.model}`, 'quiet')
        break
      case 'model.completed':
        tokens += event.tokens_input + event.tokens_output
        line(
          `model ${event.call}  ${duration(event.duration_ms)}  ${event.tokens_input} in, ${event.tokens_output} out${retried(event.retries)}`,
          'quiet',
        )
        break
      case 'tool.started':
        started.set(event.step, toolName(event))
        line(`${nameOf(event.step)}  ${compact(event.input)}`)
        break
      case 'tool.completed':
        if (event.error === null)
          line(`${nameOf(event.step)}  ${duration(event.duration_ms)}${retried(event.retries)}  ${compact(event.output)}`, 'good')
        else say(oneLine(`${nameOf(event.step)}  ${duration(event.duration_ms)}${retried(event.retries)}  failed: ${event.error}`), 'bad')
        break
      case 'tool.uncertain':
        say(oneLine(`${nameOf(event.step)}  uncertain: ${event.reason}`), 'bad')
        say(`Settle it: ${commandLine(`runs resolve ${runId} happened|did-not-happen|run-again --step ${event.step}`)}`)
        break
      case 'tool.resolved':
        line(`${nameOf(event.step)}  settled as ${event.outcome.replaceAll('_', ' ')} by ${event.by}`)
        break
      case 'run.waiting':
        say(oneLine(`waiting${event.waiting.until ? ` until ${event.waiting.until}` : ''}: ${event.waiting.reason}`), 'quiet')
        break
      case 'run.warning':
        say(oneLine(`warning: ${event.message}`), 'bad')
        break
      case 'run.ended': {
        const parts = [count(started.size, 'step'), count(tokens, 'token')]
        if (startedAt !== undefined) parts.push(duration(Date.parse(event.at) - startedAt))
        const reason = event.error ? `: ${event.error.message}` : ''
        say(oneLine(`${runId}  ${event.status}${reason}  (${parts.join(', ')})`), event.status === 'completed' ? 'good' : 'bad')
        break
      }
      case 'text.delta':
        break
    }
  }
}

/** `data-transform__csv_to_json`, also where `tool` is the ForgeHook alone. */
export function toolName({ tool, action }: { tool: string; action: string }) {
  return tool.includes('__') ? tool : `${tool}__${action}`
}

function retried(retries: number) {
  return retries > 0 ? `  after ${count(retries, 'retry').replace('retrys', 'retries')}` : ''
}
