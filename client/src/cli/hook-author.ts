import { createInterface } from 'node:readline/promises'
import { HookBundle } from '@cadre/contract/plugins'
import type { Command } from 'commander'
import { newHook } from '../hooks/new-hook.ts'
import { packHook } from '../hooks/pack-hook.ts'
import { testHook } from '../hooks/test-hook.ts'
import { openCli } from './cli.ts'
import { exitCode, InputError, UsageError } from './exit-codes.ts'
import { readObject } from './sources.ts'
import { count, oneLine } from './text.ts'

/** The commands for people who write ForgeHooks; all but `install` work without a server. */
export function addHookAuthor(plugins: Command) {
  plugins
    .command('new')
    .description('make a folder with a ForgeHook that works: manifest, handler in TypeScript, test')
    .argument('<name>', 'its id, such as currency-rates')
    .option('--in <folder>', 'where to make it', '.')
    .option('--lifecycle', 'one that is called in the life of messages and runs, instead of a tool')
    .action(async (name: string, options: { in: string; lifecycle?: boolean }, command: Command) => {
      const { output } = openCli(command)
      const made = await newHook(name, options.in, options.lifecycle)
      output.data(made, () => made.folder)
      output.say(`Made ${made.files.join(', ')}.\nNext: cadre plugins test ${made.folder}`)
    })

  plugins
    .command('test')
    .description("check a ForgeHook's manifest, run its examples and its own tests")
    .argument('[folder]', 'where its forgehook.json is', '.')
    .action(async (folder: string, _options, command: Command) => {
      const { output } = openCli(command)
      const result = await testHook(folder, ({ name, problem }) => {
        if (!output.json) output.say(problem === null ? `ok    ${name}` : `FAIL  ${name}: ${problem}`, problem === null ? 'plain' : 'bad')
      })
      const failed = result.checks.filter(({ problem }) => problem !== null).length
      const ok = failed === 0 && result.ownTests !== 'failed'
      output.data({ ok, ...result }, () => '')
      output.say(`${count(result.checks.length, 'check')}, ${failed} failed; its own tests: ${result.ownTests}`, ok ? 'good' : 'bad')
      if (!ok) process.exitCode = exitCode.error
    })

  plugins
    .command('pack')
    .description('put a ForgeHook with all it imports into one file, to be installed without a network')
    .argument('[folder]', 'where its forgehook.json is', '.')
    .option('-o, --output <file>', 'where to write it; <id>-<version>.hook.json in the folder by default')
    .action(async (folder: string, options: { output?: string }, command: Command) => {
      const { output } = openCli(command)
      const { file, bundle, wrote } = await packHook(folder, options.output)
      output.data({ file, checksum: bundle.checksum, lock: bundle.lock }, () => file)
      if (wrote) output.say('Wrote what the code defines into forgehook.json.')
      output.say(`Packed ${bundle.manifest.id} ${bundle.manifest.version} with ${count(bundle.lock.length, 'package')}; checksum ${bundle.checksum}`)
    })

  plugins
    .command('install')
    .description('install a packed ForgeHook on the server, or a newer version of it')
    .argument('<file>', 'what `plugins pack` made')
    .option('-y, --yes', 'approve what it asks for')
    .action(async (file: string, options: { yes?: boolean }, command: Command) => {
      const cli = openCli(command)
      const bundle = parseBundle(await readObject(file, 'the file'))
      const { id, version } = bundle.manifest
      cli.output.say(oneLine(`${bundle.manifest.name} (${id}) ${version}: ${bundle.manifest.description}`))
      for (const line of asksFor(bundle)) cli.output.say(`  it asks for ${line}`)
      if (!options.yes && asksFor(bundle).length > 0 && !(await approved()))
        throw new UsageError('nothing was installed: say --yes to approve what it asks for')
      const plugin = await cli.client.plugins.install(bundle)
      cli.output.data(plugin, () => plugin.id)
      cli.output.say(`Installed ${id} ${version} with ${count(plugin.endpoints.length, 'tool')}.`)
    })
}

function parseBundle(value: object): HookBundle {
  const { data, error } = HookBundle.safeParse(value)
  if (data) return data
  const issue = error.issues[0]
  throw new InputError(`the file is no packed ForgeHook: ${issue?.path.join('.') || 'it'}: ${issue?.message}`)
}

function asksFor({ manifest: { permissions } }: HookBundle): string[] {
  const { network, files, secrets, databases, store } = permissions
  const lists = { 'network: ': network, 'files: ': files, 'secrets: ': secrets, 'databases: ': databases }
  const named = Object.entries(lists).filter(([, each]) => each.length > 0)
  return [...named.map(([what, each]) => oneLine(what + each.join(', '))), ...(store ? ['a store of its own values'] : [])]
}

async function approved(): Promise<boolean> {
  if (!process.stdin.isTTY) return false
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const answer = await terminal.question('Install it? [y/N] ')
  terminal.close()
  return /^y(es)?$/i.test(answer.trim())
}
