import { readFileSync, writeFileSync } from 'node:fs'
import type { AuditEntry, AuditVerdict } from '@cadre/contract/audit'
import { CadreError } from '@cadre/contract/errors'
import { type Command, InvalidArgumentError } from 'commander'
import { openCli } from './cli.ts'
import { exitCode, InputError } from './exit-codes.ts'
import { instant, wholeNumber } from './options.ts'
import { table } from './table.ts'
import { localTime, oneLine } from './text.ts'

type ListOptions = { actor?: string; action?: string; target?: string; from?: string; to?: string; limit: number; cursor?: string; all?: boolean }
type Head = Pick<AuditVerdict, 'last_seq' | 'last_hash'>

export function addAudit(program: Command) {
  const audit = program.command('audit').description('who did what; and whether the log of it is whole')

  audit
    .command('list')
    .description('list entries, newest first')
    .option('--actor <id>', 'only what this user or key did')
    .option('--action <action>', 'only this, such as connections.add, or connections for all of them')
    .option('--target <id>', 'only what was done to this')
    .option('--from <date>', 'at or after', instant)
    .option('--to <date>', 'before', instant)
    .option('--limit <n>', 'how many', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where the page before ended')
    .option('--all', 'every entry, one line of JSON each: an export')
    .addHelpText('after', '\nExamples:\n  cadre audit list --action connections --from 2024-03-01\n  cadre audit list --all > audit.ndjson')
    .action(async (options: ListOptions, command: Command) => {
      const cli = openCli(command)
      const { all, ...query } = options
      if (all) {
        for (let cursor: string | null | undefined = query.cursor; cursor !== null;) {
          const page: { items: AuditEntry[]; next_cursor: string | null } = await cli.client.audit.list({ ...query, limit: 200, cursor })
          for (const entry of page.items) process.stdout.write(`${JSON.stringify(entry)}\n`)
          cursor = page.next_cursor
        }
        return
      }
      const page = await cli.client.audit.list(query)
      cli.output.data(page, () => (page.items.length ? table(columns, page.items.map(rowOf)) : ''))
      if (!page.items.length) cli.output.say('There are no such entries.')
      if (page.next_cursor) cli.output.say(`There are more: --cursor ${page.next_cursor}`, 'quiet')
    })

  audit
    .command('verify')
    .description('check that no entry was changed, removed or inserted; exit code 1 when one was')
    .option('--noted <seq:hash>', 'an entry that was noted earlier must still be there', noted)
    .option('--note <file>', 'keep the newest entry in this file, and check the one kept there before')
    .addHelpText(
      'after',
      `
A log that was put back to an older state as a whole is whole in itself; only what was noted elsewhere tells.

Examples:
  cadre audit verify --note /mnt/elsewhere/cadre-audit.json`,
    )
    .action(async ({ noted: given, note }: { noted?: Head; note?: string }, command: Command) => {
      const cli = openCli(command)
      const before = given ?? (note === undefined ? undefined : readNote(note))
      const verdict = await cli.client.audit.verify(before ? { seq: before.last_seq, hash: before.last_hash } : {})
      cli.output.data(verdict, () => (verdict.ok ? `${verdict.last_seq}:${verdict.last_hash}` : ''))
      if (verdict.ok) cli.output.say(`The log is whole: ${verdict.entries} entries, ${verdict.first_seq} to ${verdict.last_seq}.`)
      for (const { message } of verdict.problems) cli.output.say(oneLine(message), 'bad')
      if (!verdict.ok) process.exitCode = exitCode.error
      else if (note !== undefined && verdict.last_seq > 0)
        writeFileSync(note, `${JSON.stringify({ last_seq: verdict.last_seq, last_hash: verdict.last_hash })}\n`)
    })
}

const columns = [
  { title: 'NO', align: 'right' as const },
  { title: 'TIME' },
  { title: 'WHO', flexible: true },
  { title: 'ACTION' },
  { title: 'TARGET', flexible: true },
  { title: 'DETAIL', flexible: true },
]

function rowOf({ seq, at, actor_kind, actor_id, action, target_id, detail }: AuditEntry) {
  const who = actor_kind === actor_id ? actor_id : `${actor_kind} ${actor_id}`
  return [String(seq), localTime(at), oneLine(who), oneLine(action), oneLine(target_id ?? ''), detail === null ? '' : oneLine(JSON.stringify(detail))]
}

function noted(text: string): Head {
  const [, seq, hash] = /^(\d{1,15}):([0-9a-f]{64})$/.exec(text) ?? []
  if (seq === undefined || hash === undefined) throw new InvalidArgumentError('It must be what verify printed, such as 120:9f86d0…')
  return { last_seq: Number(seq), last_hash: hash }
}

function readNote(path: string): Head | undefined {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw new InputError(`--note: ${path} cannot be read: ${(error as Error).message}`)
  }
  try {
    const { last_seq, last_hash } = JSON.parse(text) as Head
    return noted(`${last_seq}:${last_hash}`)
  } catch (error) {
    if (error instanceof CadreError) throw error
    throw new InputError(`--note: ${path} is not what verify wrote`)
  }
}
