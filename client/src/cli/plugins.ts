import type { Plugin } from '@cadre/contract/plugins'
import type { ManifestInput } from '@cadre/contract/manifest'
import type { Command } from 'commander'
import { openCli } from './cli.ts'
import { UsageError } from './exit-codes.ts'
import { addHookAuthor } from './hook-author.ts'
import { addPluginLifecycle } from './plugin-lifecycle.ts'
import { addPluginSources } from './plugin-sources.ts'
import { addPluginTransfer } from './plugin-transfer.ts'
import { readObject } from './sources.ts'
import { table } from './table.ts'
import { count, duration, oneLine } from './text.ts'

export function addPlugins(program: Command) {
  const plugins = program.command('plugins').description('list, show, add and remove ForgeHooks; find and call tools; write your own')

  addHookAuthor(plugins)
  addPluginSources(plugins)
  addPluginLifecycle(plugins)
  addPluginTransfer(plugins)

  plugins
    .command('list')
    .description('list the ForgeHooks')
    .action(async (_options, command: Command) => {
      const cli = openCli(command)
      const answer = await cli.client.plugins.list()
      cli.output.data(answer, () => (answer.items.length ? table(columns, answer.items.map(rowOf)) : ''))
      if (!answer.items.length) cli.output.say('There are no plugins.')
    })

  plugins
    .command('show')
    .description('show one ForgeHook and its tools')
    .argument('<id>', 'such as date-utils')
    .action(async (id: string, _options, command: Command) => {
      const cli = openCli(command)
      const plugin = await cli.client.plugins.get({ id })
      cli.output.data(plugin, () => describe(plugin))
    })

  plugins
    .command('add')
    .description('register a ForgeHook by its manifest: http, code, mcp or container')
    .argument('<manifest>', 'a JSON or YAML file, JSON, or - for standard input')
    .addHelpText('after', '\nExamples:\n  cadre plugins add forgehook.json\n  curl -s http://127.0.0.1:9000/forgehook.json | cadre plugins add -')
    .action(async (source: string, _options, command: Command) => {
      const cli = openCli(command)
      const plugin = await cli.client.plugins.add((await readObject(source, 'the manifest')) as ManifestInput)
      cli.output.data(plugin, () => plugin.id)
      cli.output.say(`Added ${plugin.id} with ${count(plugin.endpoints.length, 'tool')}.`)
    })

  plugins
    .command('remove')
    .description('remove a registered ForgeHook')
    .argument('<id>', 'its id')
    .action(async (id: string, _options, command: Command) => {
      const cli = openCli(command)
      const answer = await cli.client.plugins.remove({ id })
      cli.output.data(answer, () => answer.id)
      cli.output.say(`Removed ${oneLine(id)}.`)
    })

  plugins
    .command('invoke')
    .description('call one tool by hand; its output comes on stdout')
    .argument('<tool>', 'such as date-utils__parse_dates; `plugins show` names them')
    .argument('[input]', 'JSON, a JSON or YAML file, or - for standard input', '{}')
    .addHelpText('after', '\nExamples:\n  cadre plugins invoke calculator__calculate \'{"expression": "12 * 7"}\'')
    .option('--dry-run', 'check everything and print what would be done, without doing it')
    .action(async (tool: string, source: string, options: { dryRun?: boolean }, command: Command) => {
      const cli = openCli(command)
      const [id = '', path = ''] = tool.split('__')
      if (path === '') throw new UsageError(`the tool: must be like date-utils__parse_dates, not '${tool}'`)
      const input = await readObject(source, 'the input')
      const answer = await cli.client.plugins.invoke({ id, path, input, dry_run: options.dryRun === true })
      cli.output.data(answer, () => JSON.stringify(answer.dry_run ? answer.would : answer.output, null, 2))
      cli.output.say(duration(answer.duration_ms), 'quiet')
    })
}

const columns = [
  { title: 'ID' },
  { title: 'VERSION' },
  { title: 'RUNTIME' },
  { title: 'TOOLS', align: 'right' as const },
  { title: 'DESCRIPTION', flexible: true },
]

function rowOf({ id, version, runtime, bundled, endpoints, description }: Plugin) {
  return [id, version, bundled ? 'bundled' : runtime.type, String(endpoints.length), description]
}

function describe({ id, name, version, description, runtime, permissions, endpoints }: Plugin) {
  const where = runtime.type === 'http' ? ` at ${runtime.base_url}` : ''
  const reach = permissions.network.length ? `; may reach ${permissions.network.join(', ')}` : ''
  const tools = endpoints.map((endpoint) => [endpoint.tool, endpoint.effect, endpoint.description])
  const head = [oneLine(`${name} (${id}) ${version}, ${runtime.type}${where}${reach}`), oneLine(description)].filter(Boolean)
  return [...head, '', table([{ title: 'TOOL' }, { title: 'EFFECT' }, { title: 'DESCRIPTION', flexible: true }], tools)].join('\n')
}
