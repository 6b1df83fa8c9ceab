import type { Detected, Model, ModelAlias, ProviderType } from '@cadre/contract/providers'
import { type Command, Option } from 'commander'
import { openCli } from './cli.ts'
import { exitCode } from './exit-codes.ts'
import { capabilities } from './providers-test.ts'
import { providerTypes } from './providers-types.ts'
import { table } from './table.ts'
import { count, oneLine } from './text.ts'

export function addModels(providers: Command) {
  providers
    .command('models')
    .description('list the models of all usable providers, asking each, or of one')
    .argument('[id]', "a provider's id")
    .action(async (id: string | undefined, _options, command: Command) => {
      const cli = openCli(command)
      const answer = await cli.client.providers.models({ provider: id })
      cli.output.data(answer, () => table(modelColumns, answer.items.map(modelRow)))
      for (const { provider, error } of answer.problems) cli.output.say(oneLine(`${provider} did not tell its models: ${error}`), 'bad')
      if (answer.items.length === 0 && answer.problems.length > 0) process.exitCode = exitCode.error
    })
}

const modelColumns = [
  { title: 'PROVIDER' },
  { title: 'MODEL', flexible: true },
  { title: 'ALIASES', flexible: true },
  { title: 'CONTEXT', align: 'right' as const },
  { title: 'CAN', flexible: true },
  { title: 'FROM' },
]

function modelRow({ provider, model, is_default, aliases, card }: Model) {
  const can = capabilities.filter((name) => card[name] === true).map((name) => name.replace('_', ' '))
  const source = { known: 'tables', reported: 'server', configured: 'cadre.yaml', measured: 'test' }[card.source]
  return [provider, is_default ? `${model} (auto)` : model, aliases.join(', '), String(card.context_size ?? ''), can.join(', '), source]
}

export function addDetection(providers: Command) {
  providers
    .command('detect')
    .description('ask the well-known addresses of the machine of the server for Ollama, LM Studio and llama.cpp')
    .action(async (_options, command: Command) => {
      const cli = openCli(command)
      const answer = await cli.client.providers.detect()
      cli.output.data(answer, () => table(detectColumns, answer.items.map(detectRow)))
      for (const { type, base_url, found, provider } of answer.items)
        if (found && provider === null)
          cli.output.say(`Add it: ${cli.commandLine(`providers add ${type} --type ${type} --base-url ${oneLine(base_url)}`)}`)
    })
}

const detectColumns = [{ title: 'TYPE' }, { title: 'ADDRESS' }, { title: 'FOUND' }, { title: 'PROVIDER' }, { title: 'MODELS', flexible: true }]

function detectRow({ type, server, base_url, found, models, provider, error }: Detected) {
  const names = models.map(({ id }) => id).join(', ')
  return [server ?? type, base_url, found ? 'yes' : 'no', provider ?? '', found ? names || 'it has none' : (error ?? '')]
}

export function addModelAliases(providers: Command) {
  const aliases = providers
    .command('aliases')
    .description('list the short names of models, set one or remove one')
    .action(async (_options, command: Command) => {
      const cli = openCli(command)
      const answer = await cli.client.providers.aliases()
      cli.output.data(answer, () => table(aliasColumns, answer.items.map(aliasRow)))
      cli.output.say(count(answer.items.length, 'short name'), 'quiet')
    })

  aliases
    .command('set')
    .description('say what a short name means; stands over a built-in one')
    .argument('<alias>', 'the short name')
    .argument('<model>', 'a model, or another short name')
    .addOption(new Option('--type <type>', 'only for providers of this type').choices(['builtin', ...providerTypes]))
    .action(async (alias: string, model: string, { type }: { type?: ProviderType }, command: Command) => {
      const cli = openCli(command)
      const answer = await cli.client.providers.setAlias({ alias, model, provider_type: type ?? null })
      cli.output.data(answer, () => answer.alias)
      cli.output.say(oneLine(`${answer.alias} means ${answer.model}${answer.provider_type === null ? '' : ` of ${answer.provider_type}`}.`))
    })

  aliases
    .command('remove')
    .description('remove a short name of your own; a built-in one counts again')
    .argument('<alias>', 'the short name')
    .action(async (alias: string, _options, command: Command) => {
      const cli = openCli(command)
      const answer = await cli.client.providers.removeAlias({ alias })
      cli.output.data(answer, () => answer.alias)
      cli.output.say(`Removed ${oneLine(alias)}.`)
    })
}

const aliasColumns = [{ title: 'ALIAS' }, { title: 'MODEL', flexible: true }, { title: 'TYPE' }, { title: 'FROM' }]

function aliasRow({ alias, model, provider_type, source }: ModelAlias) {
  return [alias, model, provider_type ?? 'all', source === 'api' ? 'yours' : 'built in']
}
