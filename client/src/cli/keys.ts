import { Role, Scope } from '@cadre/contract/access'
import type { ApiKey } from '@cadre/contract/credentials'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { openCli } from './cli.ts'
import { instant, words } from './options.ts'
import { table } from './table.ts'
import { localTime, oneLine } from './text.ts'

type CreateOptions = { role?: Role; scopes?: Scope[]; agents?: string[]; expires?: string }

export function addKeys(program: Command) {
  const keys = program.command('keys').description('list, create and revoke API keys')

  keys
    .command('list')
    .description("list your keys; as an admin, everyone's in this workspace")
    .action(async (_options, command: Command) => {
      const cli = openCli(command)
      const answer = await cli.client.keys.list()
      cli.output.data(answer, () => table(columns, answer.items.map(rowOf)))
    })

  keys
    .command('create')
    .description('create a key and write it to standard output, this once')
    .argument('<name>', 'what it is for')
    .addOption(new Option('--role <role>', 'less than you may yourself').choices(Role.options))
    .option('--scopes <scopes>', `only these, with commas between them: ${Scope.options.join(' ')}`, scopes)
    .option('--agents <ids>', 'only these agents, with commas between them', words)
    .option('--expires <date>', 'until when, such as 2030-01-31', instant)
    .addHelpText(
      'after',
      `
Examples:
  cadre keys create ci --scopes runs:write,runs:read --expires 2030-01-31
  CADRE_API_KEY=$(cadre keys create laptop)`,
    )
    .action(async (name: string, { role, scopes: only, agents, expires }: CreateOptions, command: Command) => {
      const cli = openCli(command)
      const answer = await cli.client.keys.create({ name, role, scopes: only ?? null, agents: agents ?? null, expires_at: expires ?? null })
      cli.output.data(answer, () => answer.key)
      cli.output.say('Keep it now: it is not shown again.', 'quiet')
    })

  keys
    .command('revoke')
    .description('end a key; it stops at once')
    .argument('<id>', 'its id, or its beginning as the list shows it')
    .action(async (ref: string, _options, command: Command) => {
      const cli = openCli(command)
      const id = ref.startsWith('cdr_')
        ? ((await cli.client.keys.list()).items.find(({ prefix }) => prefix === ref.slice(0, 12))?.id ?? ref.slice(0, 12))
        : ref
      const answer = await cli.client.keys.revoke({ id })
      cli.output.data(answer, () => answer.id)
      cli.output.say(`Revoked ${oneLine(answer.name)}.`, 'good')
    })
}

function scopes(text: string): Scope[] {
  return words(text).map((word) => {
    const scope = Scope.safeParse(word)
    if (!scope.success) throw new InvalidArgumentError(`There is no scope '${word}'; there are ${Scope.options.join(', ')}.`)
    return scope.data
  })
}

const columns = [
  { title: 'ID' },
  { title: 'KEY' },
  { title: 'NAME', flexible: true },
  { title: 'ROLE' },
  { title: 'SCOPES', flexible: true },
  { title: 'LAST USED' },
  { title: 'STATE' },
]

function rowOf({ id, prefix, name, role, scopes: only, last_used_at, revoked_at, expires_at }: ApiKey) {
  const over = expires_at !== null && Date.parse(expires_at) <= Date.now()
  const state = revoked_at !== null ? 'revoked' : over ? 'expired' : 'active'
  return [id, `${prefix}…`, name, role, only?.join(' ') ?? 'all', last_used_at === null ? 'never' : localTime(last_used_at), state]
}
