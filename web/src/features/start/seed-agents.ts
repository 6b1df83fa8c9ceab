import { CadreError } from '@cadre/client'
import type { Texts } from '../../i18n/en.ts'
import { client } from '../../lib/api.ts'
import { agentsChanged } from '../agents/agent-queries.ts'

/** The first two agents. What is already there by that name is left as it is. */
export async function seedAgents({ start }: Texts, provider: string): Promise<void> {
  const everyday = ['calculator', 'date-utils', 'text-utils', 'json-utils', 'data-transform']
  const data = ['data-transform', 'date-utils', 'formula-engine', 'json-utils']
  const definitions = [
    { name: start.seedCleanup, description: start.seedCleanupText, system_prompt: start.seedCleanupPrompt, tools: data, provider },
    { name: start.seedAssistant, description: start.seedAssistantText, system_prompt: start.seedAssistantPrompt, tools: everyday, provider },
  ]
  for (const definition of definitions) {
    try {
      await client.agents.create(definition)
    } catch (error) {
      if (!(error instanceof CadreError) || !['AGENT_NAME_TAKEN', 'AGENT_SLUG_TAKEN'].includes(error.code)) throw error
    }
  }
  await agentsChanged()
}
