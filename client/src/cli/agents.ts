import type { Agent, CreateAgent, PublicAgent } from '@cadre/contract/agents'
import type { Command } from 'commander'
import { agentFields, applyAgent } from '../agents-file.ts'
import { workspaceIn } from '../workspace-file.ts'
import type { Client } from '../client.ts'
import { openCli } from './cli.ts'
import { InputError, UsageError } from './exit-codes.ts'
import { keyValue, wholeNumber, words } from './options.ts'
import { accepted, readFile, readObject, readStdin, readValue } from './sources.ts'
import { table } from './table.ts'
import { harmless, localTime, oneLine } from './text.ts'

export function addAgents(program: Command) {
  const agents = program.command('agents').description('list, make, change and delete agents')

  agents
    .command('list')
    .description('list agents, newest first')
    .option('--limit <n>', 'how many', wholeNumber, 50)
    .option('--cursor <cursor>', 'go on where the page before ended')
    .action(async ({ limit, cursor }, command: Command) => {
      const cli = openCli(command)
      const page = await cli.client.agents.list({ limit, cursor })
      cli.output.data(page, () => (page.items.length ? table(columns, page.items.map(rowOf)) : ''))
      if (!page.items.length) cli.output.say(`There are no agents; make one with \`${cli.commandLine('agents create')}\`.`)
      if (page.next_cursor) cli.output.say(`There are more: --cursor ${page.next_cursor}`, 'quiet')
    })

  agents
    .command('get')
    .description('show one agent')
    .argument('<agent>', 'its id or slug')
    .action(async (idOrSlug: string, _options, command: Command) => {
      const cli = openCli(command)
      const agent = await cli.client.agents.get({ idOrSlug })
      cli.output.data(agent, () => describe(agent))
    })

  agents
    .command('create')
    .description('make an agent from options, a file, or both (options win)')
    .option('--name <name>', 'its name; the slug follows from it')
    .option('--prompt <text>', 'the system prompt')
    .option('--prompt-file <file>', 'the system prompt from a file, or - for standard input')
    .option('--description <text>', 'what it is for')
    .option('--provider <id>', "a provider's id, or auto")
    .option('--model <model>', "a model's name, or auto")
    .option('--tools <names>', 'plugin ids or single tools, with commas or repeated', words)
    .option('--config <key=value>', 'one setting such as max_steps=5; may be repeated', keyValue)
    .option('--schema <file|json>', 'JSON Schema that every answer must fit')
    .option('--public', 'may be run without the API key')
    .option('-f, --file <file|->', 'JSON or YAML with the fields of an agent')
    .addHelpText(
      'after',
      `
Examples:
  cadre agents create --name Helper --prompt 'You help with numbers.' --tools calculator,date-utils
  cadre agents create -f agent.yaml --model gpt-4o
  cadre agents get helper --json | cadre agents create -f - --name 'Helper 2'`,
    )
    .action(async (options: CreateOptions, command: Command) => {
      const cli = openCli(command)
      const agent = await cli.client.agents.create(await fieldsOf(options))
      cli.output.data(agent, () => agent.slug)
      cli.output.say(`Made agent ${oneLine(agent.name)}. Try: ${cli.commandLine(`run ${agent.slug} '...'`)}`)
    })

  agents
    .command('apply')
    .description('make the agents of a file, or change those that have their names; fields left out stay as they are')
    .requiredOption('-f, --file <file|->', 'JSON or YAML: one agent, a list of them, or what the pages export')
    .action(async ({ file }: { file: string }, command: Command) => {
      const cli = openCli(command)
      const value = await readValue(file, '--file')
      const isList = Array.isArray(value) || isWorkspace(value)
      const definitions = agentsOf(value)
      const applied: (Agent & { made: boolean })[] = []
      for (const one of definitions) {
        const { agent, made } = await apply(cli.client, one)
        applied.push({ ...agent, made })
        cli.output.say(`${made ? 'Made' : 'Changed'} agent ${oneLine(agent.name)}.`)
      }
      cli.output.data(isList ? applied : applied[0], () => applied.map(({ slug }) => slug).join('\n'))
    })

  agents
    .command('delete')
    .description('delete an agent; its name becomes free, its runs stay')
    .argument('<agent>', 'its id or slug')
    .action(async (idOrSlug: string, _options, command: Command) => {
      const cli = openCli(command)
      const answer = await cli.client.agents.delete({ idOrSlug })
      cli.output.data(answer, () => answer.id)
      cli.output.say(`Deleted agent ${oneLine(idOrSlug)}.`)
    })
}

const columns = [
  { title: 'SLUG' },
  { title: 'NAME', flexible: true },
  { title: 'MODEL', flexible: true },
  { title: 'TOOLS', flexible: true },
  { title: 'CHANGED' },
]

function rowOf(agent: Agent | PublicAgent) {
  const changed = 'updated_at' in agent ? localTime(agent.updated_at) : ''
  return [agent.slug, agent.name, `${agent.provider}/${agent.model}`, agent.tools.join(' '), changed]
}

function describe(agent: Agent | PublicAgent) {
  const lines = [
    ['Name', agent.name],
    ['Slug', agent.slug],
    ['Id', agent.id],
    ['Description', agent.description ?? ''],
    ['Model', `${agent.provider}/${agent.model}`],
    ['Tools', agent.tools.join(', ') || 'none'],
    ['Public', agent.is_public ? 'yes' : 'no'],
  ]
  if ('config' in agent) {
    lines.push([
      'Config',
      Object.entries(agent.config)
        .map(([key, value]) => `${key}=${value}`)
        .join(' '),
    ])
    lines.push(['Created', localTime(agent.created_at)], ['Changed', localTime(agent.updated_at)])
    if (agent.output_schema) lines.push(['Schema', JSON.stringify(agent.output_schema)])
  }
  const text = lines.filter(([, value]) => value).map(([title = '', value = '']) => `${title.padEnd(12)} ${oneLine(value)}`)
  if ('effective_system_prompt' in agent) text.push('', harmless(agent.effective_system_prompt))
  return text.join('\n')
}

type CreateOptions = {
  name?: string
  prompt?: string
  promptFile?: string
  description?: string
  provider?: string
  model?: string
  tools?: string[]
  config?: Record<string, unknown>
  schema?: string
  public?: boolean
  file?: string
}

/** The server says what is missing or wrong: it alone knows the rules. */
async function fieldsOf(options: CreateOptions): Promise<CreateAgent> {
  const { file, prompt, promptFile, schema, config } = options
  if (Object.keys(options).length === 0) throw new UsageError('say what to make: --name and --prompt, or --file; --help has examples')
  if (prompt !== undefined && promptFile !== undefined) throw new UsageError('--prompt and --prompt-file are both given')
  const written = file === undefined ? {} : definition(await readValue(file, '--file'), '--file')
  const system_prompt = prompt ?? (promptFile === undefined ? undefined : await promptFrom(promptFile))
  const given = {
    name: options.name,
    system_prompt,
    description: options.description,
    provider: options.provider,
    model: options.model,
    tools: options.tools,
    is_public: options.public,
    output_schema: schema === undefined ? undefined : await readObject(schema, '--schema'),
    config: config && { ...(written.config as object | undefined), ...config },
  }
  const known = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined))
  return { ...written, ...known } as CreateAgent
}

async function promptFrom(file: string) {
  return (file === '-' ? await readStdin('--prompt-file') : readFile(file, '--prompt-file')).trimEnd()
}

/** The fields of an agent as a file has them. What `agents get --json` shows beyond them is the server's and is left out. */
function definition(value: unknown, where: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw new InputError(`${where}: must be the fields of an agent, such as name and system_prompt`)
  return agentFields(value)
}

function isWorkspace(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'format' in value
}

function agentsOf(value: unknown): Record<string, unknown>[] {
  if (Array.isArray(value)) return value.map((one, i) => definition(one, `--file: [${i}]`))
  if (!isWorkspace(value)) return [definition(value, '--file')]
  return accepted(() => workspaceIn(value).agents, '--file')
}

async function apply(client: Client, fields: Record<string, unknown>) {
  const { name } = fields
  if (typeof name !== 'string') throw new InputError('name: is required, it says which agent is meant')
  const known = await findByName(client, name)
  return { agent: await applyAgent(client, { fields, id: known?.id ?? null }), made: !known }
}

async function findByName(client: Client, name: string) {
  let cursor: string | undefined
  do {
    const page = await client.agents.list({ limit: 200, cursor })
    const found = page.items.find((agent) => agent.name === name.trim())
    if (found) return found
    cursor = page.next_cursor ?? undefined
  } while (cursor)
  return undefined
}
