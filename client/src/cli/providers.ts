import type { CreateProvider, Provider } from '@cadre/contract/providers'
import { type Command, Option } from 'commander'
import { openCli } from './cli.ts'
import { UsageError } from './exit-codes.ts'
import { readFile, readStdin } from './sources.ts'
import { wholeNumber } from './options.ts'
import { addDetection, addModelAliases, addModels } from './providers-models.ts'
import { addProviderTest } from './providers-test.ts'
import { providerTypes } from './providers-types.ts'
import { table } from './table.ts'
import { oneLine } from './text.ts'

type AddOptions = {
  type: CreateProvider['type']
  baseUrl?: string
  model?: string
  keyEnv?: string
  keyFile?: string
  api?: 'chat' | 'responses'
  resourceName?: string
  apiVersion?: string
  region?: string
  awsEnv?: true
  contextSize?: number
  path?: string
  threads?: number
  memoryMb?: number
  gpu?: true
  requestsPerMinute?: number
  tokensPerMinute?: number
  concurrent?: number
  maxWaiting?: number
}

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
    .addOption(new Option('--type <type>', 'custom is any OpenAI-compatible address').choices(providerTypes).default('custom'))
    .option('--base-url <url>', 'its address, such as http://127.0.0.1:8080/v1')
    .option('--model <model>', 'what `auto` means for it')
    .option('--key-env <name>', 'the environment variable that has its key')
    .option('--key-file <file>', 'the file that has its key, or - for standard input')
    .addOption(new Option('--api <api>', 'openai and azure: which of their two').choices(['chat', 'responses']))
    .option('--resource-name <name>', 'azure: the name before .openai.azure.com')
    .option('--api-version <version>', 'azure: v1, preview or a date')
    .option('--region <region>', 'bedrock: such as eu-central-1')
    .option('--aws-env', 'bedrock: take AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN of this shell')
    .option('--context-size <tokens>', 'ollama, lmstudio, gguf, custom: room for prompt and answer', wholeNumber)
    .option('--path <path>', 'gguf: a .gguf file or a folder of them, where the server runs')
    .option('--threads <n>', 'gguf: threads of the processor', wholeNumber)
    .option('--memory-mb <n>', 'gguf: the process of a model is ended when it takes more', wholeNumber)
    .option('--gpu', 'gguf: use a graphic card')
    .option('--requests-per-minute <n>', 'ask it no more often', wholeNumber)
    .option('--tokens-per-minute <n>', 'with prompts and answers together', wholeNumber)
    .option('--concurrent <n>', 'calls on their way at once', wholeNumber)
    .option('--max-waiting <n>', 'calls that may wait for their turn (1000)', wholeNumber)
    .addHelpText(
      'after',
      `
Examples:
  cadre providers add work --type openai --key-env WORK_OPENAI_KEY --requests-per-minute 500
  cadre providers add box --type ollama --base-url http://box.lan:11434 --model qwen3
  cadre providers add cloud --type bedrock --region eu-central-1 --aws-env
  cadre providers add ours --type azure --resource-name ours --key-file key.txt --model my-deployment`,
    )
    .action(async (id: string, options: AddOptions, command: Command) => {
      const cli = openCli(command)
      const provider = await cli.client.providers.add({ id, api_key: await keyFrom(options), ...settingsFrom(options) })
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

  addProviderTest(providers)
  addModels(providers)
  addDetection(providers)
  addModelAliases(providers)
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

function settingsFrom(options: AddOptions): Omit<CreateProvider, 'id' | 'api_key'> {
  return {
    type: options.type,
    base_url: options.baseUrl,
    default_model: options.model,
    api: options.api,
    resource_name: options.resourceName,
    api_version: options.apiVersion,
    region: options.region,
    context_size: options.contextSize,
    path: options.path,
    threads: options.threads,
    memory_mb: options.memoryMb,
    gpu: options.gpu,
    requests_per_minute: options.requestsPerMinute,
    tokens_per_minute: options.tokensPerMinute,
    concurrent: options.concurrent,
    max_waiting: options.maxWaiting,
    ...(options.awsEnv ? awsKeys() : {}),
  }
}

function awsKeys() {
  const from = (name: string) => process.env[name] || undefined
  return {
    access_key_id: from('AWS_ACCESS_KEY_ID') ?? fail('--aws-env: AWS_ACCESS_KEY_ID is not set'),
    secret_access_key: from('AWS_SECRET_ACCESS_KEY') ?? fail('--aws-env: AWS_SECRET_ACCESS_KEY is not set'),
    session_token: from('AWS_SESSION_TOKEN'),
  }
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
