import type { Me } from '@cadre/contract/credentials'
import { useNavigate } from '@tanstack/react-router'
import { ArrowRight, Check, ChevronsUpDown, LogOut, UserRound } from 'lucide-react'
import { useTexts } from '../../i18n/texts.ts'
import { client } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { explainError } from '../../ui/error-box.tsx'
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.ts'
import { logOut } from './log-out.ts'

/** Who is here, in which workspace, and the way to another or out. */
export function AccountMenu({ me, onGo }: { me: Me; onGo: () => void }) {
  const texts = useTexts()
  const { access } = texts
  const navigate = useNavigate()
  const name = me.user?.name ?? access.localOwner
  const fail = (error: unknown) => toast(explainError(error, texts).what, { tone: 'danger' })
  const go = async (workspace: string) => {
    try {
      await client.sessions.switch({ workspace })
      // Loaded anew at the start: nothing of the other workspace stays in this window.
      location.assign('/')
    } catch (error) {
      fail(error)
    }
  }
  return (
    <Menu
      align="start"
      side="top"
      trigger={
        <Button look="ghost" className="h-auto w-full justify-start gap-2.5 px-2 py-1.5 text-left">
          <UserRound aria-hidden />
          <span className="sr-only">{access.account}</span>
          <span className="min-w-0 flex-1">
            <span className="block truncate text-ink">{name}</span>
            <span className="block truncate text-xs font-normal">
              {me.role && access.roles[me.role]} · {me.workspace.name}
            </span>
          </span>
          <ChevronsUpDown aria-hidden />
        </Button>
      }
    >
      {me.workspaces.length > 1 && (
        <>
          <p className="px-2 py-1 text-xs text-muted">{access.workspaces}</p>
          {me.workspaces.map(({ id, name, role }) => (
            <MenuItem key={id} icon={id === me.workspace.id ? Check : ArrowRight} onSelect={() => void (id === me.workspace.id || go(id))}>
              <span className="truncate">{name}</span>
              <span className="ml-auto pl-3 text-xs text-muted">{access.roles[role]}</span>
            </MenuItem>
          ))}
          <MenuLine />
        </>
      )}
      <MenuItem
        icon={UserRound}
        onSelect={() => {
          onGo()
          void navigate({ to: '/settings/$section', params: { section: 'account' } })
        }}
      >
        {access.account}
      </MenuItem>
      <MenuItem icon={LogOut} onSelect={() => void logOut().catch(fail)}>
        {access.logout}
      </MenuItem>
    </Menu>
  )
}
