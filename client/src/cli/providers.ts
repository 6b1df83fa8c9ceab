import type { CreateProvider, Provider } from '@cadre/contract/providers'
import { type Command, Option } from 'commander'
import { openCli } from './cli.ts'
import { exitCode, UsageError } from './exit-codes.ts'
import { readFile, readStdin } from './sources.ts'
import { table } from './table.ts'
import { duration, oneLine } from './text.ts'

type AddOptions = { type: CreateProvider['type']; baseUrl?: string; model?: string; keyEnv?: string; keyFile?: string }

export function addProviders(program: Command) {
  const providers = program.command('providers').description('list, add, remove and try model providers')

  providers
    .command('list')
    .description('list the providers in the order in which `auto` tries them')
    .action(async (_options, command: Command) => {
      const cli = openCli(command)
      const answer = await cli.client.providers.list()
      cli.output.data(answer, () => table(columns, answer.items.map(rowOf)))
      for (const { id, usable, reason } of answer.items)
        if (!usable) cli.output.say(oneLine(`${id} is not usable: ${reason ?? 'no reason was given'}`))
    })

  providers
    .command('add')
    .description('add a provider; the key is never taken from the command line, where others could see it')
    .argument('<id>', 'lower-case words joined by hyphens')
    .addOption(new Option('--type <type>', 'custom is any OpenAI-compatible address').choices(['openai', 'anthropic', 'custom']).default('custom'))
    .option('--base-url <url>', 'its address, such as http://127.0.0.1:11434/v1')
    .option('--model <model>', 'what `auto` means for it')
    .option('--key-env <name>', 'the environment variable that has its key')
    .option('--key-file <file>', 'the file that has its key, or - for standard input')
    .addHelpText(
      'after',
      `
Examples:
  cadre providers add ollama --base-url http://127.0.0.1:11434/v1 --model qwen3
  cadre providers add work --type openai --key-env WORK_OPENAI_KEY`,
    )
    .action(async (id: string, options: AddOptions, command: Command) => {
      const cli = openCli(command)
      const { type, baseUrl: base_url, model: default_model } = options
      const provider = await cli.client.providers.add({ id, type, base_url, default_model, api_key: await keyFrom(options) })
      cli.output.data(provider, () => provider.id)
      cli.output.say(
        provider.usable
          ? `Added. Try it: ${cli.commandLine(`providers test ${provider.id}`)}`
          : `Added, but not usable: ${oneLine(provider.reason ?? '')}`,
      )
    })

  providers
    .command('remove')
    .description('remove a stored provider')
    .argument('<id>', 'its id')
    .action(async (id: string, _options, command: Command) => {
      const cli = openCli(command)
      const answer = await cli.client.providers.remove({ id })
      cli.output.data(answer, () => answer.id)
      cli.output.say(`Removed ${oneLine(id)}.`)
    })

  providers
    .command('test')
    .description('ask a provider for one short answer; exit code 1 when it gives none')
    .argument('<id>', 'its id')
    .option('--model <model>', 'the model to ask')
    .action(async (id: string, { model }: { model?: string }, command: Command) => {
      const cli = openCli(command)
      const answer = await cli.client.providers.test({ id, model })
      const { ok, text, error, latency_ms } = answer
      cli.output.data(answer, () => (ok ? (text ?? '') : ''))
      if (ok) return cli.output.say(`${oneLine(id)}/${answer.model} answered${latency_ms === null ? '' : ` in ${duration(latency_ms)}`}.`, 'good')
      cli.output.say(`${oneLine(id)} gave no answer: ${oneLine(error ?? 'no reason was given')}`, 'bad')
      process.exitCode = exitCode.error
    })
}

const columns = [
  { title: 'ID' },
  { title: 'TYPE' },
  { title: 'USABLE' },
  { title: 'KEY' },
  { title: 'MODEL', flexible: true },
  { title: 'ADDRESS', flexible: true },
]

function rowOf({ id, type, usable, api_key, default_model, base_url }: Provider) {
  return [id, type, usable ? 'yes' : 'no', api_key, default_model ?? '', base_url ?? '']
}

async function keyFrom({ keyEnv, keyFile }: AddOptions) {
  if (keyEnv !== undefined && keyFile !== undefined) throw new UsageError('--key-env and --key-file are both given')
  if (keyEnv !== undefined) return process.env[keyEnv] || fail(`--key-env: ${keyEnv} is not set`)
  if (keyFile === undefined) return undefined
  const key = keyFile === '-' ? await readStdin('--key-file') : readFile(keyFile, '--key-file')
  return key.trim() || fail('--key-file: it is empty')
}

function fail(message: string): never {
  throw new UsageError(message)
}
