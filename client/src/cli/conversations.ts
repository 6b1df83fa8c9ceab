import { writeFileSync } from 'node:fs'
import type { Conversation, ExportFormat, ImportSource } from '@cadre/contract/conversations'
import type { Message } from '@cadre/contract/messages'
import { type Command, Option } from 'commander'
import { type Cli, openCli } from './cli.ts'
import { InputError, UsageError } from './exit-codes.ts'
import { followOnScreen } from './follow-conversation.ts'
import { importHistory } from '../import-history.ts'
import { wholeNumber } from './options.ts'
import { authorOf, describeMessage } from './show-message.ts'
import { readFile, readStdin } from './sources.ts'
import { table } from './table.ts'
import { count, localTime, oneLine } from './text.ts'

export function addConversations(program: Command) {
  const conversations = program.command('conversations').description('talk to agents and people; show, search, export and import what was said')

  conversations
    .command('list')
    .description('list conversations, the latest activity first')
    .addOption(new Option('--kind <kind>', 'only these').choices(['dm', 'group', 'channel']))
    .option('--agent <agent>', 'only those with this agent: its id or slug')
    .option('--project <project>', 'only the channels of this project')
    .option('--all', 'all of the workspace, for its owners and admins')
    .option('--limit <n>', 'how many', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where the page before ended')
    .action(async ({ all, ...filter }: { all?: boolean; kind?: Conversation['kind'] }, command: Command) => {
      const cli = openCli(command)
      const page = await cli.client.conversations.list({ ...filter, ...(all ? { scope: 'all' as const } : {}) })
      cli.output.data(page, () => (page.items.length ? table(columns, page.items.map(rowOf)) : ''))
      if (!page.items.length) cli.output.say('There are no such conversations.')
      if (page.next_cursor) cli.output.say(`There are more: --cursor ${page.next_cursor}`, 'quiet')
    })

  conversations
    .command('show')
    .description('show the newest messages of a conversation')
    .argument('<conversation>', 'its id')
    .option('--limit <n>', 'how many', wholeNumber, 20)
    .option('--before <n>', 'only messages before this number', wholeNumber)
    .option('--thread <message>', 'the replies under this message')
    .action(async (conversationId: string, options: { limit: number; before?: number; thread?: string }, command: Command) => {
      const cli = openCli(command)
      const page = await cli.client.messages.list({ conversationId, ...options })
      cli.output.data(page, () => page.items.map(describeMessage).join('\n\n'))
      if (!page.items.length) cli.output.say('Nothing has been said here yet.')
      const [first] = page.items
      if (page.next_cursor && first) cli.output.say(`There are more: --before ${first.seq}`, 'quiet')
    })

  conversations
    .command('send')
    .description('send a message; with --to it goes to the DM with an agent, which is begun where there is none')
    .argument('[conversation]', 'its id; not with --to')
    .argument('[text]', 'what to say; - reads standard input')
    .option('--to <agent>', 'an agent: its id or slug')
    .option('--thread <message>', 'as a reply under this message')
    .option('--key <key>', 'send the same key when repeating: the message is stored once')
    .addHelpText(
      'after',
      "\nExamples:\n  cadre conversations send --to helper 'What is 12 * 7?'\n  git log -5 | cadre conversations send cnv_01jd... -",
    )
    .action(async (first: string | undefined, second: string | undefined, options: SendOptions, command: Command) => {
      const cli = openCli(command)
      const { conversationId, text } = await addressed(cli, first, second, options)
      const content = text === '-' ? await readStdin('the message') : text
      const message = await cli.client.messages.send({ conversationId, content, thread_id: options.thread, client_key: options.key })
      cli.output.data(message, () => message.id)
      cli.output.say(`Follow it: ${cli.commandLine(`conversations follow ${conversationId} --after ${message.seq}`)}`, 'quiet')
    })

  conversations
    .command('follow')
    .description('show what is said as it is said; with --json every event on a line')
    .argument('<conversation>', 'its id')
    .option('--after <n>', 'also the messages after this number', wholeNumber)
    .action(async (conversationId: string, { after }: { after?: number }, command: Command) => {
      process.exitCode = await followOnScreen(openCli(command), conversationId, after)
    })

  conversations
    .command('search')
    .description('search the messages of your conversations, best first')
    .argument('<words>', 'all must occur; "in quotes" side by side; -word must not')
    .option('--conversation <id>', 'only in this one')
    .option('--author <id>', 'only by this user or agent')
    .option('--limit <n>', 'how many', wholeNumber, 20)
    .action(async (q: string, options: { conversation?: string; author?: string; limit: number }, command: Command) => {
      const cli = openCli(command)
      const page = await cli.client.messages.search({ q, ...options })
      const line = ({ message, snippet }: (typeof page.items)[number]) => [
        message.conversation_id,
        String(message.seq),
        authorOf(message),
        oneLine(snippet),
      ]
      cli.output.data(page, () => (page.items.length ? table(found, page.items.map(line)) : ''))
      if (!page.items.length) cli.output.say('Nobody said that.')
    })

  conversations
    .command('export')
    .description('export a conversation as one document')
    .argument('<conversation>', 'its id')
    .addOption(new Option('--format <format>', 'of the document').choices(['markdown', 'json', 'html']).default('markdown'))
    .option('--out <file>', 'where to write it; by default to standard output')
    .action(async (conversationId: string, { format, out }: { format: ExportFormat; out?: string }, command: Command) => {
      const cli = openCli(command)
      const { content, ...rest } = await cli.client.conversations.export({ conversationId, format })
      if (out === undefined) return cli.output.data({ ...rest, content }, () => content)
      writeFileSync(out, content)
      cli.output.data({ ...rest, file: out }, () => out)
    })

  conversations
    .command('import')
    .description('import the history of another program; what was imported before is skipped')
    .addOption(new Option('--from <program>', 'whose export it is').choices(['chatgpt', 'open-webui', 'librechat']).makeOptionMandatory())
    .argument('<file>', 'the JSON file; of ChatGPT conversations.json')
    .addHelpText('after', '\nExamples:\n  cadre conversations import --from chatgpt conversations.json')
    .action(async (file: string, { from }: { from: ImportSource }, command: Command) => {
      const cli = openCli(command)
      const text = readFile(file, 'the export')
      const imported = await importHistory(cli.client, from, text).catch((error: unknown) => {
        if (!(error instanceof SyntaxError)) throw error
        throw new InputError(`${file} is not JSON${text.startsWith('PK') ? ': unpack the archive and give its conversations.json' : ''}`)
      })
      cli.output.data(imported, () =>
        imported.conversations.map(({ id, messages, title }) => `${id}  ${count(messages, 'message')}  ${oneLine(title)}`).join('\n'),
      )
      for (const { path, message } of imported.problems) cli.output.say(`${oneLine(path)}: ${oneLine(message)}`, 'bad')
      cli.output.say(`${count(imported.conversations.length, 'conversation')} imported, ${imported.skipped} there already.`)
    })
}

type SendOptions = { to?: string; thread?: string; key?: string }

async function addressed(cli: Cli, first: string | undefined, second: string | undefined, { to }: SendOptions) {
  if (to === undefined) {
    if (first === undefined || second === undefined)
      throw new UsageError('say where and what: `send <conversation> <text>`, or `send --to <agent> <text>`')
    return { conversationId: first, text: second }
  }
  if (first === undefined || second !== undefined) throw new UsageError('with --to there is only the text: `send --to <agent> <text>`')
  const dm = await cli.client.conversations.create({ kind: 'dm', participants: [{ kind: 'agent', id: to }] })
  return { conversationId: dm.id, text: first }
}

const found = [{ title: 'CONVERSATION' }, { title: 'NO', align: 'right' as const }, { title: 'AUTHOR' }, { title: 'TEXT', flexible: true }]
const columns = [
  { title: 'CONVERSATION' },
  { title: 'KIND' },
  { title: 'UNREAD', align: 'right' as const },
  { title: 'ACTIVE' },
  { title: 'WHO', flexible: true },
  { title: 'LAST', flexible: true },
]

function rowOf({ id, kind, unread, last_message_at, created_at, title, participants, last_message }: Conversation) {
  const who = title ?? participants.map((each) => each.name ?? each.slug ?? 'you').join(', ')
  return [id, kind, unread === 0 ? '' : String(unread), localTime(last_message_at ?? created_at), oneLine(who), lastOf(last_message)]
}

function lastOf(message: Message | null) {
  return message ? `${authorOf(message)}: ${oneLine(message.content.slice(0, 500))}` : ''
}
