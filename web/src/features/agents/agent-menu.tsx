import { useNavigate } from '@tanstack/react-router'
import { Copy, History, MoreHorizontal, Pencil, Trash2 } from 'lucide-react'
import { useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { useMay } from '../access/access-queries.ts'
import { useAgentActions } from './agent-actions.ts'
import { isOwn, type SeenAgent } from './agent-queries.ts'

/** What can be done with an agent. @param onRemoved where its own page is left then. */
export function AgentMenu({ agent, onRemoved }: { agent: SeenAgent; onRemoved?: () => void }) {
  const texts = useTexts()
  const navigate = useNavigate()
  const { remove, duplicate } = useAgentActions()
  const mayEdit = useMay('agents.update', agent.id)
  const mayCopy = useMay('agents.create') && isOwn(agent)
  const mayDelete = useMay('agents.delete')
  if (!mayEdit && !mayCopy && !mayDelete && !isOwn(agent)) return null
  return (
    <Menu
      trigger={
        <Button look="ghost" size="icon" aria-label={texts.agents.actions(agent.name)}>
          <MoreHorizontal aria-hidden />
        </Button>
      }
    >
      {mayEdit && (
        <MenuItem icon={Pencil} onSelect={() => void navigate({ to: '/agents/$agentId/edit', params: { agentId: agent.slug } })}>
          {texts.common.edit}
        </MenuItem>
      )}
      {mayCopy && (
        <MenuItem icon={Copy} onSelect={() => void duplicate(agent)}>
          {texts.agents.duplicate}
        </MenuItem>
      )}
      {isOwn(agent) && (
        <MenuItem icon={History} onSelect={() => void navigate({ to: '/agents/$agentId/versions', params: { agentId: agent.slug } })}>
          {texts.versions.open}
        </MenuItem>
      )}
      {mayDelete && (
        <>
          <MenuLine />
          <MenuItem
            icon={Trash2}
            danger
            onSelect={() => {
              remove(agent)
              onRemoved?.()
            }}
          >
            {texts.common.delete}
          </MenuItem>
        </>
      )}
    </Menu>
  )
}
