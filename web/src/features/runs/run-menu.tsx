import type { Run } from '@cadre/contract/runs'
import { useNavigate } from '@tanstack/react-router'
import { GitFork, History, MoreHorizontal, PencilLine } from 'lucide-react'
import { useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { Menu, MenuItem } from '../../ui/menu.tsx'
import { useMay } from '../access/access-queries.ts'
import type { ForkPoint } from './fork-dialog.tsx'

type Props = { run: Run; agentSlug: string | undefined; busy: boolean; onFork: (at: ForkPoint) => void; onReplay: () => void }

/** What is seldom done with a run. */
export function RunMenu({ run, agentSlug, busy, onFork, onReplay }: Props) {
  const texts = useTexts()
  const navigate = useNavigate()
  const mayStart = useMay('runs.start', run.agent_id)
  const mayFork = useMay('runs.fork', run.agent_id)
  return (
    <Menu
      trigger={
        <Button look="ghost" size="icon" busy={busy} aria-label={texts.again.more}>
          <MoreHorizontal aria-hidden />
        </Button>
      }
    >
      {agentSlug !== undefined && mayStart && (
        <MenuItem
          icon={PencilLine}
          onSelect={() => void navigate({ to: '/agents/$agentId', params: { agentId: agentSlug }, search: { input: run.input } })}
        >
          {texts.again.editAndRun}
        </MenuItem>
      )}
      {agentSlug !== undefined && mayFork && (
        <MenuItem icon={GitFork} onSelect={() => onFork({ call: 1 })}>
          {texts.again.fork.title}
        </MenuItem>
      )}
      <MenuItem icon={History} onSelect={onReplay}>
        {texts.again.replay.action}
      </MenuItem>
    </Menu>
  )
}
