import { type Approval, type ApprovalRule, type ApprovalScope, ApprovalStatus, type ListApprovals } from '@cadre/contract/approvals'
import { type Command, Option } from 'commander'
import { type Cli, openCli } from './cli.ts'
import { wholeNumber, words } from './options.ts'
import { readObject } from './sources.ts'
import { table } from './table.ts'
import { compact, harmless, localTime, oneLine } from './text.ts'

type ListOptions = Omit<ListApprovals, 'status'> & { status: ApprovalStatus | 'all' }
type ApproveOptions = { scope: ApprovalScope; fixed?: string[]; allAgents?: boolean; input?: string; note?: string }

export function addApprovals(program: Command) {
  const approvals = program.command('approvals').description('calls of agents that wait for a person: list, show, approve, reject')

  approvals
    .command('list')
    .description('list what is asked, newest first')
    .addOption(new Option('--status <status>', 'only in this state').choices([...ApprovalStatus.options, 'all']).default('pending'))
    .option('--run <run>', 'only of this run')
    .option('--agent <agent>', 'only of this agent: its id or slug')
    .option('--limit <n>', 'how many', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where the page before ended')
    .addHelpText('after', '\nExamples:\n  cadre approvals list\n  cadre approvals list --status all --agent helper --json | jq -r .items[].tool')
    .action(async ({ status, ...filter }: ListOptions, command: Command) => {
      const cli = openCli(command)
      const page = await cli.client.approvals.list(status === 'all' ? filter : { ...filter, status })
      cli.output.data(page, () => (page.items.length ? table(columns, page.items.map(rowOf)) : ''))
      if (!page.items.length) cli.output.say(status === 'pending' ? 'Nothing waits for a person.' : 'There are no such approvals.')
      if (page.next_cursor) cli.output.say(`There are more: --cursor ${page.next_cursor}`, 'quiet')
    })

  approvals
    .command('show')
    .description('show one with its exact arguments, and why it is asked')
    .argument('<approval>', 'its id')
    .action(async (id: string, _options, command: Command) => {
      const cli = openCli(command)
      const approval = await cli.client.approvals.get({ id })
      cli.output.data(approval, () => describe(approval))
    })

  approvals
    .command('approve')
    .description('let the call be made')
    .argument('<approval>', 'its id')
    .addOption(
      new Option('--scope <scope>', 'this call once, this tool for the rest of the run, or always calls like it')
        .choices(['once', 'run', 'always'])
        .default('once'),
    )
    .option('--fixed <arguments>', 'which arguments later calls must have in common with this one, with commas between them', words)
    .option('--all-agents', 'with --scope always: whichever agent calls')
    .option('--input <file|json>', 'make it with these arguments instead')
    .option('--note <text>', 'for whoever reads the run')
    .addHelpText(
      'after',
      `
With --scope always the other calls must have the same arguments, all of them, unless --fixed names fewer.

Examples:
  cadre approvals approve apr_01jd...
  cadre approvals approve apr_01jd... --scope always --fixed to
  cadre approvals approve apr_01jd... --input '{"to": "sales@example.org", "text": "Hello"}'`,
    )
    .action(async (id: string, { scope, fixed, allAgents, input, note }: ApproveOptions, command: Command) => {
      const cli = openCli(command)
      const edited = input === undefined ? undefined : await readObject(input, '--input')
      const agents = allAgents ? 'all' : 'this'
      tell(cli, await cli.client.approvals.decide({ id, decision: 'approve', scope, fixed_fields: fixed, agents, input: edited, note }))
    })

  approvals
    .command('reject')
    .description('refuse the call; the model is told, and the run goes on')
    .argument('<approval>', 'its id')
    .option('--note <text>', 'the reason: the model reads it')
    .action(async (id: string, { note }: { note?: string }, command: Command) => {
      const cli = openCli(command)
      tell(cli, await cli.client.approvals.decide({ id, decision: 'reject', note }))
    })

  approvals
    .command('rules')
    .description('list the calls that are approved for good')
    .option('--limit <n>', 'how many', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where the page before ended')
    .action(async (paging: { limit: number; cursor?: string }, command: Command) => {
      const cli = openCli(command)
      const page = await cli.client.approvalRules.list(paging)
      cli.output.data(page, () => (page.items.length ? table(ruleColumns, page.items.map(ruleRow)) : ''))
      if (!page.items.length) cli.output.say('There are no rules.')
      if (page.next_cursor) cli.output.say(`There are more: --cursor ${page.next_cursor}`, 'quiet')
    })

  approvals
    .command('forget')
    .description('remove a rule: ask again before such calls')
    .argument('<rule>', 'its id')
    .action(async (id: string, _options, command: Command) => {
      const cli = openCli(command)
      const removed = await cli.client.approvalRules.remove({ id })
      cli.output.data(removed, () => id)
    })
}

const columns = [
  { title: 'APPROVAL' },
  { title: 'STATUS' },
  { title: 'CREATED' },
  { title: 'AGENT', flexible: true },
  { title: 'TOOL' },
  { title: 'ARGUMENTS', flexible: true },
]

function rowOf({ id, status, created_at, agent, tool, input }: Approval) {
  return [id, status, localTime(created_at), oneLine(agent.name), tool, oneLine(compact(input).slice(0, 500))]
}

const ruleColumns = [{ title: 'RULE' }, { title: 'TOOL' }, { title: 'AGENT' }, { title: 'SAME', flexible: true }, { title: 'ANY', flexible: true }]

function ruleRow({ id, tool, agent_id, pattern }: ApprovalRule) {
  return [id, tool, agent_id ?? 'all', oneLine(compact(pattern.fixed)), oneLine(pattern.open.join(', '))]
}

function describe(approval: Approval): string {
  const { decided_by, decided_at, scope, edited_input, note } = approval
  const lines: [string, string | null][] = [
    ['Approval', approval.id],
    ['Status', approval.status === 'approved' ? `approved (${scope})` : approval.status],
    ['Agent', `${approval.agent.name} (${approval.agent.id})`],
    ['Run', `${approval.run_id}, step ${approval.step}, started by ${approval.asked_by}`],
    ['Tool', `${approval.tool} (${approval.effect})`],
    ['', approval.tool_description],
    ...approval.reasons.map(({ message }, i): [string, string] => [i === 0 ? 'Why' : '', message]),
    ['Created', localTime(approval.created_at)],
    ['Expires', localTime(approval.expires_at)],
    ['Decided', decided_at && `${localTime(decided_at)}${decided_by === null ? '' : ` by ${decided_by}`}`],
    ['Note', note],
  ]
  const head = lines.filter((line): line is [string, string] => line[1] !== null).map(([title, value]) => `${title.padEnd(9)} ${oneLine(value)}`)
  const written = (title: string, value: unknown) => ['', title, harmless(JSON.stringify(value, null, 2))]
  return [...head, ...written('Arguments', approval.input), ...(edited_input === null ? [] : written('Approved instead', edited_input))].join('\n')
}

function tell(cli: Cli, approval: Approval) {
  cli.output.data(approval, () => approval.status)
  cli.output.say(`Follow the run: ${cli.commandLine(`runs follow ${approval.run_id}`)}`, 'quiet')
}
