import { useNavigate } from '@tanstack/react-router'
import { useTexts } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { explainError } from '../../ui/error-box.tsx'
import { toast } from '../../ui/toast.ts'
import { agentsChanged, isOwn, type SeenAgent } from './agent-queries.ts'
import { endDelete, holdDelete } from './pending-deletes.ts'

/** What can be done with an agent from a list and from its page. */
export function useAgentActions() {
  const texts = useTexts()
  const navigate = useNavigate()
  const fail = (error: unknown) => {
    const { what, detail } = explainError(error, texts)
    toast(detail ?? what, { tone: 'danger' })
  }

  /** It is deleted when the way back is gone; a page that is closed before that leaves it. */
  const remove = ({ id, name }: SeenAgent) => {
    holdDelete(id)
    toast(texts.agents.deleted(name), {
      action: { label: texts.common.undo, run: () => void endDelete(id, queries, 'agents') },
      onGone: () =>
        void client.agents
          .delete({ idOrSlug: id })
          .catch(fail)
          .finally(() => void endDelete(id, queries, 'agents')),
    })
  }

  const duplicate = async (agent: SeenAgent) => {
    if (!isOwn(agent)) return
    try {
      // With the schemas of agents, which lists do without.
      const { definitionOf } = await import('@cadre/contract/agents')
      const copy = await client.agents.create({ ...definitionOf(agent), name: await freeName(texts.agents.copyOf(agent.name)) })
      await agentsChanged()
      toast(texts.agents.duplicated(copy.name))
      await navigate({ to: '/agents/$agentId/edit', params: { agentId: copy.slug } })
    } catch (error) {
      fail(error)
    }
  }

  return { remove, duplicate }
}

async function freeName(wanted: string): Promise<string> {
  const names = new Set((queries.getQueryData<SeenAgent[]>(['agents']) ?? []).map(({ name }) => name))
  let name = wanted
  for (let n = 2; names.has(name); n++) name = `${wanted} ${n}`
  return name
}
