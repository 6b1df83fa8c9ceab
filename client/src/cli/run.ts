import type { Command } from 'commander'
import { startRun } from '../client.ts'
import { openCli } from './cli.ts'
import { UsageError } from './exit-codes.ts'
import { answerText, followToEnd } from './follow.ts'
import { idempotencyKey, seconds } from './options.ts'
import { readData, readObject, readStdin } from './sources.ts'

type RunOptions = { data?: string; schema?: string; key?: string; follow: boolean; timeout?: number }

export function addRun(program: Command) {
  program
    .command('run')
    .description('run an agent: steps on stderr as they happen, the answer on stdout')
    .argument('<agent>', 'its id or slug')
    .argument('[input...]', 'what it shall do; from standard input when left out or -')
    .option('--data <file|json>', 'data for the agent: JSON, a JSON, YAML or CSV file, or - for standard input')
    .option('--schema <file|json>', 'JSON Schema that the answer must fit')
    .option('--key <key>', 'Idempotency-Key: called again with it, the first run is answered', idempotencyKey)
    .option('--no-follow', "don't wait for the end; write the id of the run")
    .option('--timeout <seconds>', 'stop waiting after so long (exit code 7); the run goes on', seconds)
    .addHelpText(
      'after',
      `
A file sales.csv arrives as the data { "csv": "..." }. With --json the whole run is written, with its
steps and metrics.

Examples:
  cadre run helper 'What is 12 * 7?'
  cadre run data-cleanup-agent 'Sum the amounts per region' --data sales.csv
  cat question.txt | cadre run helper --json | jq .output`,
    )
    .action(async (idOrSlug: string, words: string[], options: RunOptions, command: Command) => {
      const cli = openCli(command)
      const input = await inputFrom(words)
      const data = options.data === undefined ? undefined : await readData(options.data, '--data')
      const output_schema = options.schema === undefined ? undefined : await readObject(options.schema, '--schema')
      const run = await startRun(cli.client, { idOrSlug, input, data, output_schema, wait: 0 }, { idempotencyKey: options.key })
      if (!options.follow) {
        cli.output.data(run, () => run.run_id)
        cli.output.say(`Follow it: ${cli.commandLine(`runs follow ${run.run_id}`)}`, 'quiet')
        return
      }
      cli.output.say(`${run.run_id}  accepted`, 'quiet')
      const { code, ended } = await followToEnd(cli, run.run_id, { timeout: options.timeout })
      process.exitCode = code
      if (cli.output.json) cli.output.line(await cli.client.runs.get({ runId: run.run_id }))
      else if (ended?.status === 'completed') cli.output.data(ended.output, () => answerText(ended))
    })
}

async function inputFrom(words: string[]) {
  const given = words.join(' ')
  if (given !== '' && given !== '-') return given
  if (given === '' && process.stdin.isTTY) throw new UsageError("say what it shall do: cadre run <agent> 'What is 12 * 7?'")
  const input = (await readStdin('the input')).trimEnd()
  if (input === '') throw new UsageError('the input is empty: give it as an argument or on standard input')
  return input
}
