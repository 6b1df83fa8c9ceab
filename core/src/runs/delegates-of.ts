import type { Agent } from '@cadre/contract/agents'
import { findAgentIfThere } from '../agents/get-agent.ts'
import type { App } from '../app.ts'
import type { Setup } from './setup.ts'

const hookId = 'agents'
const longestName = 64

/** An agent as a tool: the tool's name, and whose it is. */
export type Delegate = { name: string; agent_id: string }

/** The agents of its workspace that an agent may hand work to, as tools. One that is not there any more is left out, and said in the run. */
export async function delegatesOf(app: Pick<App, 'db'>, workspace: string, agent: Agent): Promise<{ delegates: Delegate[]; tools: Setup['tools'] }> {
  const found = await Promise.all(agent.config.delegates.map((each) => findAgentIfThere(app, workspace, each)))
  const agents = found.filter((each): each is Agent => each !== undefined)
  const delegates = agents.map(({ id, slug }) => ({ name: toolNameOf(slug, id), agent_id: id }))
  const tools = agents.map(({ name, description }, i) => ({
    name: delegates[i]?.name ?? '',
    description: `Hands a task to the agent '${name}' and waits for its answer.${description ? ` ${description}` : ''}`,
    // Its own run is found again by its key: asked twice, it is done once.
    effect: 'idempotent' as const,
    input,
  }))
  return { delegates, tools }
}

const input = {
  type: 'object',
  properties: {
    task: {
      type: 'string',
      minLength: 1,
      maxLength: 100_000,
      description: 'What it should do, with all that it must know: it sees nothing of this conversation.',
    },
    data: { type: ['object', 'array'], description: 'Data to work on, where there is some.' },
  },
  required: ['task'],
  additionalProperties: false,
}

function toolNameOf(slug: string, id: string): string {
  const name = `${hookId}__${slug}`
  return name.length <= longestName ? name : `${hookId}__${id}`
}
