import type { RunEvent, RunStatus } from '@cadre/contract/run-events'
import { followRun } from '../follow-run.ts'
import type { Cli } from './cli.ts'
import { exitCode, exitCodeOfRun } from './exit-codes.ts'
import { stepPrinter } from './print-events.ts'

type Ended = Extract<RunEvent, { type: 'run.ended' }>
export type FollowResult = { code: number; ended: Ended | null }

export type FollowSettings = { after?: string; timeout?: number; onEvent?: (event: RunEvent) => void }

/**
 * Shows a run on stderr as it goes, until it ends, the reader interrupts, or the time is up. The last two leave the run alone and say
 * how to come back to it.
 */
export async function followToEnd(cli: Cli, runId: string, { after, timeout, onEvent }: FollowSettings): Promise<FollowResult> {
  const { output, client } = cli
  const stop = new AbortController()
  const interrupt = () => stop.abort(exitCode.interrupted)
  const timer = timeout === undefined ? undefined : setTimeout(() => stop.abort(exitCode.timedOut), timeout * 1000)
  process.on('SIGINT', interrupt)
  const print = stepPrinter(cli, runId)
  try {
    const onBreak = ({ message }: Error) => output.say(`${message} Trying to come back ...`, 'quiet')
    for await (const event of followRun(client, runId, { after, signal: stop.signal, onBreak })) {
      onEvent?.(event)
      print(event)
      if (event.type === 'run.ended') return { code: exitCodeOfRun(event.status), ended: event }
    }
    // Nothing came after the given event: the run was over before.
    const { status } = await client.runs.get({ runId })
    return { code: exitCodeOfRun(status), ended: null }
  } catch (error) {
    if (!stop.signal.aborted) throw error
    const why = stop.signal.reason === exitCode.timedOut ? `It still runs after ${timeout} s` : 'Interrupted'
    output.say(
      `${why}; the run goes on. Follow it: ${cli.commandLine(`runs follow ${runId}`)}   Cancel it: ${cli.commandLine(`runs cancel ${runId}`)}`,
    )
    return { code: stop.signal.reason as number, ended: null }
  } finally {
    clearTimeout(timer)
    process.off('SIGINT', interrupt)
  }
}

/** What a run answered, for a person or the next program: text as text, data as JSON. */
export function answerText({ output, output_text }: { status: RunStatus; output: unknown; output_text: string | null }) {
  const isText =
    typeof output === 'object' && output !== null && 'result' in output && Object.keys(output).length === 1 && output.result === output_text
  return isText || output == null ? (output_text ?? '') : JSON.stringify(output, null, 2)
}
