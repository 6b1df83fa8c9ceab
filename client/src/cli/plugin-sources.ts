import type { Plugin } from '@cadre/contract/plugins'
import type { Command } from 'commander'
import { openCli } from './cli.ts'
import { UsageError } from './exit-codes.ts'
import { readFile } from './sources.ts'
import { table } from './table.ts'
import { count, oneLine } from './text.ts'

/** Tools that come from elsewhere: OpenAPI documents, and MCP servers that change what they offer. And the search over all. */
export function addPluginSources(plugins: Command) {
  plugins
    .command('openapi')
    .description('make a ForgeHook of an OpenAPI 3 document')
    .argument('<source>', 'its URL, or a JSON or YAML file')
    .option('--id <id>', "the ForgeHook's id; made from the title by default")
    .option('--base-url <url>', "where the service is, instead of the document's first server")
    .option('--operation <name...>', 'only these: operationIds, or "GET /pets"')
    .option('--header <header...>', 'sent with each call, such as "Authorization: Bearer ..."')
    .option('--preview', 'only list the operations')
    .action(async (source: string, options: OpenapiOptions, command: Command) => {
      const cli = openCli(command)
      const { plugin, operations } = await cli.client.plugins.importOpenapi({
        ...(/^https?:\/\//.test(source) ? { url: source } : { document: readFile(source, 'the document') }),
        ...(options.id === undefined ? {} : { id: options.id }),
        ...(options.baseUrl === undefined ? {} : { base_url: options.baseUrl }),
        ...(options.operation === undefined ? {} : { operations: options.operation }),
        ...(options.header === undefined ? {} : { headers: Object.fromEntries(options.header.map(readHeader)) }),
        preview: options.preview === true,
      })
      const rows = operations.map(({ operation, effect, problem, description }) => [operation, effect, problem ?? description])
      const listed = () => table([{ title: 'OPERATION' }, { title: 'EFFECT' }, { title: 'DESCRIPTION', flexible: true }], rows)
      cli.output.data({ plugin, operations }, () => plugin?.id ?? listed())
      if (plugin) cli.output.say(`Added ${plugin.id} with ${count(plugin.endpoints.length, 'tool')}.`)
    })

  plugins
    .command('refresh')
    .description('ask an MCP server again what it offers')
    .argument('<id>', 'its id')
    .action(async (id: string, _options, command: Command) => {
      const cli = openCli(command)
      const plugin = await cli.client.plugins.refresh({ id })
      cli.output.data(plugin, () => changes(plugin))
      if (!plugin.pending) cli.output.say(`${oneLine(id)} offers what was approved.`)
      else cli.output.say(`Look at it, then: ${cli.commandLine(`plugins approve ${id} ${plugin.pending.hash}`)}`)
    })

  plugins
    .command('approve')
    .description('approve what an MCP server offers now')
    .argument('<id>', 'its id')
    .argument('<hash>', 'the offer that you saw, as `plugins refresh` names it')
    .action(async (id: string, hash: string, _options, command: Command) => {
      const cli = openCli(command)
      const plugin = await cli.client.plugins.approve({ id, hash })
      cli.output.data(plugin, () => plugin.id)
      cli.output.say(`Approved: ${oneLine(id)} has ${count(plugin.endpoints.length, 'tool')}.`)
    })

  plugins
    .command('search')
    .description('find tools by what they do')
    .argument('<words...>', 'such as: convert a date to another time zone')
    .option('--limit <n>', 'how many', '10')
    .action(async (words: string[], options: { limit: string }, command: Command) => {
      const cli = openCli(command)
      const answer = await cli.client.tools.search({ q: words.join(' '), limit: Number(options.limit) })
      const rows = answer.items.map(({ tool, effect, description }) => [tool, effect, description])
      cli.output.data(answer, () =>
        rows.length > 0 ? table([{ title: 'TOOL' }, { title: 'EFFECT' }, { title: 'DESCRIPTION', flexible: true }], rows) : '',
      )
      if (rows.length === 0) cli.output.say('No tool fits these words.')
    })
}

type OpenapiOptions = { id?: string; baseUrl?: string; operation?: string[]; header?: string[]; preview?: boolean }

function readHeader(text: string): [string, string] {
  const [, name, value] = /^([^:\s]+):\s*(.+)$/.exec(text) ?? []
  if (name === undefined || value === undefined) throw new UsageError(`--header: must be like 'Name: value', not '${text}'`)
  return [name, value]
}

function changes({ pending }: Plugin): string {
  if (!pending) return ''
  const rows = pending.changes.map(({ tool, change, description }) => [change, tool, description])
  return table([{ title: 'CHANGE' }, { title: 'TOOL' }, { title: 'DESCRIPTION', flexible: true }], rows)
}
