import type { HooksImported, ImportedHook, ImportHooksInput } from '@cadre/contract/plugin-transfer'
import { type Command, Option } from 'commander'
import type { Client } from '../client.ts'
import { workspaceIn } from '../workspace-file.ts'
import { openCli } from './cli.ts'
import { exitCode, InputError } from './exit-codes.ts'
import { words } from './options.ts'
import { accepted, readObject, readValue } from './sources.ts'
import { table } from './table.ts'
import { count, oneLine } from './text.ts'

/** Registered ForgeHooks as a file, and in again somewhere else. */
export function addPluginTransfer(plugins: Command) {
  plugins
    .command('export')
    .description('print registered ForgeHooks as a file, without the values of headers and variables')
    .argument('[ids...]', 'all that this workspace registered by default')
    .addHelpText('after', '\nExamples:\n  cadre plugins export > forgehooks.json')
    .action(async (ids: string[], _options, command: Command) => {
      const cli = openCli(command)
      const file = await cli.client.plugins.export(ids.length > 0 ? { ids } : {})
      cli.output.data(file, () => JSON.stringify(file, null, 2))
      const left = file.forgehooks.filter(({ secrets }) => secrets.length > 0).map(({ manifest }) => manifest.id)
      if (left.length > 0) cli.output.say(`Values stayed behind and are given again when it is imported: ${left.join(', ')}.`)
    })

  plugins
    .command('import')
    .description('register the ForgeHooks of a file; what they ask for is granted by --approve alone')
    .requiredOption('-f, --file <file|->', 'what `plugins export` or the pages wrote, as JSON or YAML')
    .addOption(
      new Option('--on-conflict <how>', 'what becomes of one whose id is taken')
        .choices(['skip', 'rename', 'replace'] as const)
        .default('skip' as const),
    )
    .option('--approve <ids>', 'grant these what they ask for, as --dry-run shows it; with commas or repeated', words)
    .option('--secrets <file|->', 'JSON or YAML with the values that stayed behind: {id: {name: value}}')
    .option('--dry-run', 'check everything and print what would be done')
    .addHelpText(
      'after',
      '\nExamples:\n  cadre plugins import -f forgehooks.json --dry-run\n  cadre plugins import -f forgehooks.json --approve weather,mail --secrets values.yaml',
    )
    .action(async (options: ImportOptions, command: Command) => {
      const cli = openCli(command)
      const { forgehooks } = await accept(options.file)
      const secrets = options.secrets === undefined ? {} : ((await readObject(options.secrets, '--secrets')) as ImportHooksInput['secrets'])
      const wanted = { format: 'cadre-workspace-1' as const, forgehooks, on_conflict: options.onConflict, secrets }
      const approve = await approved(cli.client, wanted, options.approve ?? [])
      const answer = await cli.client.plugins.import({ ...wanted, approve, dry_run: options.dryRun === true })
      cli.output.data(answer, () => table(columns, answer.items.map(rowOf)))
      cli.output.say(summary(answer))
      if (answer.items.some(({ outcome }) => outcome === 'refused')) process.exitCode = exitCode.invalid
    })
}

type ImportOptions = { file: string; onConflict: 'skip' | 'rename' | 'replace'; approve?: string[]; secrets?: string; dryRun?: boolean }

async function accept(file: string) {
  const value = await readValue(file, '--file')
  const found = accepted(() => workspaceIn(value), '--file')
  if (found.forgehooks.length === 0) throw new InputError('--file: has no ForgeHooks')
  return found
}

/** The hashes of those that are named, as the server sees them now. */
async function approved(client: Client, wanted: ImportHooksInput, ids: string[]): Promise<Record<string, string>> {
  if (ids.length === 0) return {}
  const { items } = await client.plugins.import({ ...wanted, dry_run: true })
  const unknown = ids.find((id) => !items.some((item) => item.id === id))
  if (unknown !== undefined) throw new InputError(`--approve: the file has no ForgeHook '${unknown}'`)
  return Object.fromEntries(items.flatMap(({ id, hash }) => (id !== null && hash !== null && ids.includes(id) ? [[id, hash]] : [])))
}

const columns = [{ title: 'ID' }, { title: 'OUTCOME' }, { title: 'HERE' }, { title: 'ABOUT', flexible: true }]

function rowOf({ index, id, outcome, here, reason, asks, needs }: ImportedHook) {
  const asked = asks.length > 0 ? `asks for ${asks.map(({ what, value }) => `${what} ${value}`).join(', ')}` : ''
  const needed = needs.length > 0 ? `needs ${needs.join(', ')}` : ''
  return [oneLine(id ?? `[${index}]`), outcome, here ?? '', [reason?.message ?? '', asked, needed].filter(Boolean).map(oneLine).join('; ')]
}

function summary({ dry_run, items }: HooksImported) {
  const done = items.filter(({ outcome }) => outcome === 'made' || outcome === 'changed').length
  const refused = items.filter(({ outcome }) => outcome === 'refused').length
  const said = dry_run ? `Would import ${count(done, 'ForgeHook')}` : `Imported ${count(done, 'ForgeHook')}`
  return refused > 0 ? `${said}; ${refused} refused.` : `${said}.`
}
