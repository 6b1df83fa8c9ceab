import type { Member, Role, Workspace } from '@cadre/contract/access'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { useTexts } from '../../i18n/texts.ts'
import { client } from '../../lib/api.ts'
import { useAct } from '../../ui/use-act.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Select } from '../../ui/field.tsx'
import { Skeleton } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { membersQuery, peopleChanged, usersQuery } from '../access/people-queries.ts'
import { RoleSelect } from './person-dialogs.tsx'

/** Who is in a workspace, and as what. */
export function Members({ workspace }: { workspace: Workspace }) {
  const texts = useSettingsTexts()
  const { access } = useTexts()
  const { data, error, refetch } = useQuery(membersQuery(workspace.id))
  const { data: users = [] } = useQuery(usersQuery)
  const [leaving, setLeaving] = useState<Member | null>(null)
  const [who, setWho] = useState('')
  const [role, setRole] = useState<Role>('member')
  const { busy, error: refused, act } = useAct<string>()
  const others = users.filter(({ id }) => !data?.some(({ user_id }) => user_id === id))
  const put = (userId: string, name: string, role: Role) =>
    act(userId, async () => {
      await client.workspaces.putMember({ id: workspace.id, userId, role })
      toast(texts.roleSet(name, access.roles[role]))
      setWho('')
      await peopleChanged()
    })
  if (error) return <ErrorBox error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton />
  return (
    <>
      {data.length === 0 && <p className="px-4 py-3 text-[13px] text-muted">{texts.noMembers}</p>}
      <ul className="divide-y divide-line">
        {data.map((member) => (
          <li key={member.user_id} className="flex flex-wrap items-center gap-x-3 gap-y-1.5 px-4 py-2 text-[13px]">
            <span className="min-w-0 flex-1 basis-44 truncate">
              {member.name} <span className="text-xs text-muted">{member.email}</span>
            </span>
            <RoleSelect
              label={texts.roleOf(member.name)}
              value={member.role}
              disabled={busy === member.user_id}
              onChange={(role) => void put(member.user_id, member.name, role)}
            />
            <Button size="small" look="ghost" aria-label={`${texts.leave}: ${member.name}`} onClick={() => setLeaving(member)}>
              {texts.leave}
            </Button>
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <form
          className="flex flex-wrap items-center gap-2 border-t border-line px-4 py-3"
          onSubmit={(event) => {
            event.preventDefault()
            const user = others.find(({ id }) => id === who)
            if (user) void put(user.id, user.name, role)
          }}
        >
          <Select className="min-w-0 max-w-64 flex-1" aria-label={texts.bringIn} value={who} onChange={(event) => setWho(event.target.value)}>
            <option value="">{texts.bringIn}</option>
            {others.map(({ id, name, email }) => (
              <option key={id} value={id}>
                {email === null ? name : `${name} (${email})`}
              </option>
            ))}
          </Select>
          <RoleSelect label={texts.role} value={role} onChange={setRole} />
          <Button type="submit" disabled={who === ''} busy={busy !== null && busy === who}>
            {texts.bringInDo}
          </Button>
        </form>
      )}
      {refused !== null && (
        <div className="p-4">
          <ErrorBox error={refused} />
        </div>
      )}
      {leaving && (
        <ConfirmDialog
          title={texts.removal.leave.title(leaving.name)}
          text={texts.removal.leave.text}
          action={texts.removal.leave.action}
          onConfirm={async () => {
            await client.workspaces.removeMember({ id: workspace.id, userId: leaving.user_id })
            toast(texts.removal.leave.done(leaving.name))
            await peopleChanged()
          }}
          onClose={() => setLeaving(null)}
        />
      )}
    </>
  )
}
