import type { Role, User } from '@cadre/contract/access'
import { CadreError } from '@cadre/contract/errors'
import { type Command, Option } from 'commander'
import { type Cli, openCli } from './cli.ts'
import { passwordOption, readPassword } from './password.ts'
import { runLocally, serverOptions, settingsOf } from './server-process.ts'
import { table } from './table.ts'
import { localTime, oneLine } from './text.ts'

const roles = ['owner', 'admin', 'builder', 'member', 'viewer']
const localHelp = 'work on the data itself, on its machine, with or without a server: for the first owner and for forgotten passwords'

export function addUsers(program: Command) {
  const users = program.command('users').description('list, create, disable and enable the people who may log in')

  users
    .command('list')
    .description('list them with their role in this workspace')
    .action(async (_options, command: Command) => {
      const cli = openCli(command)
      const items = await all(cli)
      cli.output.data(items, () => table(columns, items.map(rowOf)))
    })

  const create = users
    .command('create')
    .description('create a user')
    .argument('<email>', 'the address by which they log in')
    .requiredOption('--name <name>', 'how they are called')
    .addOption(new Option('--role <role>', 'what they may in this workspace').choices(roles).default('member', 'member; owner with --local'))
    .option(...passwordOption)
    .option('--no-password', 'they log in at an outside issuer only')
    .option('--local', localHelp)
  for (const [flags, help] of serverOptions) create.addOption(new Option(flags, help).hideHelp())
  create
    .addHelpText(
      'after',
      `
Examples:
  cadre users create olga@example.org --name Olga --local      the first owner
  cadre users create ben@example.org --name Ben --role builder`,
    )
    .action(async (email: string, options: { name: string; role: Role; passwordFile?: string; password?: false; local?: true }, command: Command) => {
      const cli = openCli(command)
      const password = options.password === false ? null : await readPassword(options.passwordFile)
      const user = options.local
        ? await locally(command, { command: 'create', email, name: options.name, password })
        : await cli.client.users.create({ email, name: options.name, role: options.role, password })
      cli.output.data(user, () => user.id)
      cli.output.say(`Created ${oneLine(user.name)} (${user.role}).`, 'good')
    })

  const passwd = users
    .command('passwd')
    .description('give a user a new password; sessions and tokens of theirs end')
    .argument('<user>', 'e-mail address or id')
    .option(...passwordOption)
    .option('--local', localHelp)
  for (const [flags, help] of serverOptions) passwd.addOption(new Option(flags, help).hideHelp())
  passwd.action(async (user: string, options: { passwordFile?: string; local?: true }, command: Command) => {
    const cli = openCli(command)
    const password = await readPassword(options.passwordFile)
    const changed = options.local
      ? await locally(command, { command: 'passwd', email: user, password })
      : await cli.client.users.setPassword({ id: await idOf(cli, user), password })
    cli.output.data(changed, () => changed.id)
    cli.output.say(`${oneLine(changed.name)} has a new password.`, 'good')
  })

  users
    .command('reset-password')
    .description('write a token by which a user sets a new password themselves: once, within a day')
    .argument('<user>', 'e-mail address or id')
    .addHelpText('after', '\nExamples:\n  cadre users reset-password ben@example.org')
    .action(async (user: string, _options, command: Command) => {
      const cli = openCli(command)
      const reset = await cli.client.users.beginReset({ id: await idOf(cli, user) })
      cli.output.data(reset, () => reset.token)
      cli.output.say(`Give it to them. It is good until ${localTime(reset.expires_at)}; they use it by \`cadre users finish-reset\`.`, 'quiet')
    })

  users
    .command('finish-reset')
    .description('set your own new password with the token that an admin gave you')
    .argument('<token>', 'of one use')
    .option(...passwordOption)
    .action(async (token: string, { passwordFile }: { passwordFile?: string }, command: Command) => {
      const cli = openCli(command)
      const done = await cli.client.users.finishReset({ token, password: await readPassword(passwordFile) })
      cli.output.data(done, () => done.user_id)
      cli.output.say('You have a new password; log in with it.', 'good')
    })

  for (const [name, description, done] of [
    ['disable', 'let a user do nothing any more; sessions, keys and tokens stop at once', 'is disabled'],
    ['enable', 'let a disabled user in again', 'is enabled'],
  ] as const)
    users
      .command(name)
      .description(description)
      .argument('<user>', 'e-mail address or id')
      .action(async (user: string, _options, command: Command) => {
        const cli = openCli(command)
        const changed = await cli.client.users[name]({ id: await idOf(cli, user) })
        cli.output.data(changed, () => changed.id)
        cli.output.say(`${oneLine(changed.name)} ${done}.`, 'good')
      })
}

async function all(cli: Cli): Promise<User[]> {
  const found: User[] = []
  for (let cursor: string | undefined; ;) {
    const page = await cli.client.users.list({ limit: 200, cursor })
    found.push(...page.items)
    if (page.next_cursor === null) return found
    cursor = page.next_cursor
  }
}

async function idOf(cli: Cli, user: string): Promise<string> {
  if (!user.includes('@')) return user
  const found = (await all(cli)).find(({ email }) => email === user.trim().toLowerCase())
  if (!found) throw new CadreError('USER_NOT_FOUND', `there is no user with the address ${user}`)
  return found.id
}

async function locally(command: Command, asked: object): Promise<User> {
  const names = new Set(serverOptions.map(([flags]) => flags.split(' ')[0]))
  return JSON.parse(await runLocally('users-main', settingsOf(command, names), JSON.stringify(asked)))
}

const columns = [
  { title: 'ID' },
  { title: 'NAME', flexible: true },
  { title: 'E-MAIL', flexible: true },
  { title: 'ROLE' },
  { title: 'STATE' },
  { title: 'SINCE' },
]

function rowOf({ id, name, email, role, disabled, created_at }: User) {
  return [id, name, email ?? '', role ?? '', disabled ? 'disabled' : 'active', localTime(created_at)]
}
