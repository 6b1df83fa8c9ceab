import type { Me } from '@cadre/contract/credentials'
import { useQuery } from '@tanstack/react-query'
import { Download, LogOut } from 'lucide-react'
import { useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { useTexts } from '../../i18n/texts.ts'
import { client } from '../../lib/api.ts'
import { useAct } from '../../ui/use-act.ts'
import { Button, buttonStyle } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Badge, Card, Figure } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { meQuery } from '../access/access-queries.ts'
import { logOut } from '../access/log-out.ts'
import { exportAddress, ProfileDialog } from './person-dialogs.tsx'
import { PasswordDialog } from './password-dialog.tsx'
import { Section } from './section.tsx'
import { Sessions } from './sessions.tsx'

export function AccountSection() {
  const { data: me } = useQuery(meQuery)
  if (!me) return null
  return me.user ? <OwnAccount me={me} user={me.user} /> : <NoAccount />
}

/** On one's own machine nobody logs in until there is a user. */
function NoAccount() {
  const texts = useSettingsTexts()
  return (
    <Section title={texts.sections.account}>
      <Card className="p-4 text-[13px]">
        <p>{texts.noAccount}</p>
        <p className="mt-1 text-muted">{texts.noAccountText}</p>
      </Card>
    </Section>
  )
}

function OwnAccount({ me, user }: { me: Me; user: NonNullable<Me['user']> }) {
  const texts = useSettingsTexts()
  const { access, common } = useTexts()
  const [open, setOpen] = useState<'profile' | 'password' | null>(null)
  const { busy, error, act } = useAct<'out'>()
  const { data: own } = useQuery({ queryKey: ['users', user.id], queryFn: ({ signal }) => client.users.get({ id: user.id }, { signal }) })
  return (
    <div className="flex flex-col gap-7">
      <Section
        title={texts.sections.account}
        side={
          <Button busy={busy === 'out'} onClick={() => void act('out', logOut)}>
            <LogOut aria-hidden />
            {access.logout}
          </Button>
        }
      >
        <Card className="p-4">
          <dl className="grid grid-cols-1 gap-3 text-[13px] sm:grid-cols-2">
            <Figure label={access.name}>{user.name}</Figure>
            <Figure label={access.email}>{user.email}</Figure>
            <Figure label={texts.workspace}>{me.workspace.name}</Figure>
            <div>
              <dt className="text-xs text-muted">{texts.role}</dt>
              <dd>{me.role && <Badge title={access.roleMeans[me.role]}>{access.roles[me.role]}</Badge>}</dd>
            </div>
          </dl>
          <div className="mt-4 flex flex-wrap gap-2">
            <Button onClick={() => setOpen('profile')}>{common.edit}</Button>
            {own && <Button onClick={() => setOpen('password')}>{own.has_password ? texts.changePassword : texts.setPassword}</Button>}
            <a href={exportAddress(user.id)} download className={buttonStyle()}>
              <Download aria-hidden />
              {texts.exportOwn}
            </a>
          </div>
        </Card>
        {error !== null && <ErrorBox error={error} />}
      </Section>
      <Sessions />
      {open === 'profile' && <ProfileDialog user={user} onClose={() => setOpen(null)} />}
      {open === 'password' && own && <PasswordDialog user={own} isOwn onDone={() => toast(texts.passwordSet)} onClose={() => setOpen(null)} />}
    </div>
  )
}
