import type { Role, User } from '@cadre/contract/access'
import { useQuery } from '@tanstack/react-query'
import { Ban, Download, Eraser, KeyRound, Link2, MoreHorizontal, Pencil, RotateCcw, Trash2, UserMinus } from 'lucide-react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { useTexts } from '../../i18n/texts.ts'
import { client } from '../../lib/api.ts'
import { useAct } from '../../ui/use-act.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { Badge } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { meQuery, useMay } from '../access/access-queries.ts'
import { peopleChanged } from '../access/people-queries.ts'
import { exportAddress, RoleSelect } from './person-dialogs.tsx'

export type PersonAct = 'profile' | 'password' | 'reset' | 'disable' | 'leave' | 'delete' | 'erase'

/** One user: the role here, at once to be changed, and all else behind the dots. */
export function PersonRow({ user, onAct }: { user: User; onAct: (act: PersonAct) => void }) {
  const texts = useSettingsTexts()
  const { access } = useTexts()
  const { data: me } = useQuery(meQuery)
  const runsServer = useMay('users.erase')
  const { busy, error, act } = useAct<'role' | 'enable'>()
  const isOwn = user.id === me?.user?.id
  const setRole = (role: Role) =>
    act('role', async () => {
      await client.workspaces.putMember({ id: me?.workspace.id ?? '', userId: user.id, role })
      toast(texts.roleSet(user.name, access.roles[role]))
      await peopleChanged()
    })
  const enable = () =>
    act('enable', async () => {
      await client.users.enable({ id: user.id })
      toast(texts.enabled(user.name))
      await peopleChanged()
    })
  return (
    <li className="px-4 py-2.5 text-[13px]">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1 basis-52">
          <p className="flex flex-wrap items-center gap-x-2">
            <span className="truncate font-medium">{user.name}</span>
            {isOwn && <Badge tone="accent">{texts.you}</Badge>}
            {user.disabled && <Badge tone="danger">{texts.disabled}</Badge>}
            {user.external_issuer !== null && <Badge title={user.external_issuer}>{texts.fromOutside}</Badge>}
          </p>
          <p className="truncate text-xs text-muted">{user.email}</p>
        </div>
        <div className="ml-auto flex items-center gap-2">
          {user.role ? (
            <RoleSelect label={texts.roleOf(user.name)} value={user.role} disabled={busy === 'role'} onChange={(role) => void setRole(role)} />
          ) : (
            <span className="text-xs text-muted">{texts.notHere}</span>
          )}
          <Menu
            trigger={
              <Button look="ghost" size="icon" aria-label={texts.actionsFor(user.name)}>
                <MoreHorizontal aria-hidden />
              </Button>
            }
          >
            <MenuItem icon={Pencil} onSelect={() => onAct('profile')}>
              {texts.editPerson}
            </MenuItem>
            <MenuItem icon={KeyRound} onSelect={() => onAct('password')}>
              {texts.setPassword}
            </MenuItem>
            {!isOwn && (
              <MenuItem icon={Link2} onSelect={() => onAct('reset')}>
                {texts.resetLink}
              </MenuItem>
            )}
            {(runsServer || isOwn) && (
              <MenuItem icon={Download} onSelect={() => location.assign(exportAddress(user.id))}>
                {texts.exportPerson}
              </MenuItem>
            )}
            {!isOwn && (
              <>
                <MenuLine />
                {user.disabled ? (
                  <MenuItem icon={RotateCcw} onSelect={() => void enable()}>
                    {texts.enable}
                  </MenuItem>
                ) : (
                  <MenuItem icon={Ban} onSelect={() => onAct('disable')}>
                    {texts.disable}
                  </MenuItem>
                )}
                {user.role && (
                  <MenuItem icon={UserMinus} onSelect={() => onAct('leave')}>
                    {texts.leave}
                  </MenuItem>
                )}
                <MenuItem icon={Trash2} danger onSelect={() => onAct('delete')}>
                  {texts.deletePerson}
                </MenuItem>
                {runsServer && (
                  <MenuItem icon={Eraser} danger onSelect={() => onAct('erase')}>
                    {texts.erase}
                  </MenuItem>
                )}
              </>
            )}
          </Menu>
        </div>
      </div>
      {error !== null && (
        <div className="mt-2">
          <ErrorBox error={error} />
        </div>
      )}
    </li>
  )
}
