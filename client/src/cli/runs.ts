import type { ListRuns, ResolveStep, RunSummary } from '@cadre/contract/runs'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { openCli } from './cli.ts'
import { answerText, followToEnd } from './follow.ts'
import { instant, runStatuses, seconds, wholeNumber } from './options.ts'
import { describeRun } from './show-run.ts'
import { readValue } from './sources.ts'
import { table } from './table.ts'
import { duration, localTime, oneLine } from './text.ts'

export function addRuns(program: Command) {
  const runs = program.command('runs').description('list, show, follow, cancel and settle runs')

  runs
    .command('list')
    .description('list runs, newest first')
    .option('--agent <agent>', 'only of this agent: its id or slug')
    .addOption(new Option('--status <status>', 'only in this state').choices(runStatuses))
    .option('--from <date>', 'created at or after', instant)
    .option('--to <date>', 'created before', instant)
    .option('--limit <n>', 'how many', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where the page before ended')
    .addHelpText(
      'after',
      '\nExamples:\n  cadre runs list --agent helper --status failed\n  cadre runs list --from 2024-03-05 --json | jq -r .items[].run_id',
    )
    .action(async (_options, command: Command) => {
      const cli = openCli(command)
      const page = await cli.client.runs.list(command.opts<ListRuns>())
      cli.output.data(page, () => (page.items.length ? table(columns, page.items.map(rowOf)) : ''))
      if (!page.items.length) cli.output.say('There are no such runs.')
      if (page.next_cursor) cli.output.say(`There are more: --cursor ${page.next_cursor}`, 'quiet')
    })

  runs
    .command('show')
    .description('show one run with its whole trace')
    .argument('<run>', 'its id')
    .option('--full', 'inputs, outputs and texts at their full length')
    .action(async (runId: string, { full = false }: { full?: boolean }, command: Command) => {
      const cli = openCli(command)
      const run = await cli.client.runs.get({ runId })
      cli.output.data(run, () => describeRun(run, full))
    })

  runs
    .command('follow')
    .description('show a run as it goes: steps on stderr, the answer on stdout; with --json every event on stdout')
    .argument('<run>', 'its id')
    .option('--after <event>', 'only what comes after this event, such as 7', eventId)
    .option('--timeout <seconds>', 'stop waiting after so long (exit code 7); the run goes on', seconds)
    .addHelpText('after', '\nExamples:\n  cadre runs follow run_01jd... --json | jq -c \'select(.type == "tool.completed")\'')
    .action(async (runId: string, options: { after?: string; timeout?: number }, command: Command) => {
      const cli = openCli(command)
      const onEvent = cli.output.json ? cli.output.line : undefined
      const { code, ended } = await followToEnd(cli, runId, { ...options, onEvent })
      process.exitCode = code
      if (!cli.output.json && ended?.status === 'completed') cli.output.data(ended.output, () => answerText(ended))
    })

  runs
    .command('cancel')
    .description('cancel a run')
    .argument('<run>', 'its id')
    .action(async (runId: string, _options, command: Command) => {
      const cli = openCli(command)
      const run = await cli.client.runs.cancel({ runId })
      cli.output.data(run, () => run.status)
    })

  runs
    .command('resolve')
    .description('say what became of a step whose outcome is uncertain')
    .argument('<run>', 'its id')
    .argument('<outcome>', 'happened, did-not-happen or run-again', outcome)
    .option('--step <n>', 'which step, where more than one is uncertain', wholeNumber)
    .option('--output <file|json>', 'what the tool answered, where it happened')
    .addHelpText(
      'after',
      '\nExamples:\n  cadre runs resolve run_01jd... happened --output \'{"id": 7}\'\n  cadre runs resolve run_01jd... run-again --step 3',
    )
    .action(async (runId: string, outcome: ResolveStep['outcome'], options: { step?: number; output?: string }, command: Command) => {
      const cli = openCli(command)
      const output = options.output === undefined ? undefined : await readValue(options.output, '--output')
      const run = await cli.client.runs.resolve({ runId, outcome, step: options.step, output })
      cli.output.data(run, () => run.status)
      cli.output.say(`Follow it: ${cli.commandLine(`runs follow ${runId}`)}`, 'quiet')
    })
}

const columns = [
  { title: 'RUN' },
  { title: 'STATUS' },
  { title: 'CREATED' },
  { title: 'TIME', align: 'right' as const },
  { title: 'STEPS', align: 'right' as const },
  { title: 'INPUT', flexible: true },
]

function rowOf({ run_id, status, waiting, created_at, metrics, input }: RunSummary) {
  const time = metrics.duration_ms === null ? '' : duration(metrics.duration_ms)
  return [run_id, waiting ? `${status}, waits` : status, localTime(created_at), time, String(metrics.total_steps), oneLine(input.slice(0, 500))]
}

const outcomes = ['happened', 'did_not_happen', 'run_again'] as const

function outcome(text: string) {
  const found = outcomes.find((known) => known === text.replaceAll('-', '_'))
  if (!found) throw new InvalidArgumentError('It must be happened, did-not-happen or run-again.')
  return found
}

function eventId(text: string) {
  if (!/^\d{1,9}(\.\d{1,9}\.\d{1,9})?$/.test(text)) throw new InvalidArgumentError('It must be the number of an event, such as 7.')
  return text
}
