import type { User } from '@cadre/contract/access'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Input } from '../../ui/field.tsx'
import { Card, Skeleton } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { meQuery } from '../access/access-queries.ts'
import { usersQuery } from '../access/people-queries.ts'
import { CreateUserDialog, ProfileDialog } from './person-dialogs.tsx'
import { PasswordDialog } from './password-dialog.tsx'
import { type PersonAct, PersonRow } from './person-row.tsx'
import { ResetLinkDialog } from './reset-link-dialog.tsx'
import { RemovePerson } from './remove-person.tsx'
import { Section } from './section.tsx'

export function PeopleSection() {
  const texts = useSettingsTexts()
  const { data: me } = useQuery(meQuery)
  const { data, error, refetch } = useQuery(usersQuery)
  const [words, setWords] = useState('')
  const [adding, setAdding] = useState(false)
  const [open, setOpen] = useState<{ act: PersonAct; user: User } | null>(null)
  const isFirst = data?.length === 0 && me?.user === null
  const shown = data?.filter(({ name, email }) => `${name} ${email ?? ''}`.toLowerCase().includes(words.trim().toLowerCase()))
  const close = () => setOpen(null)
  return (
    <Section
      title={texts.sections.people}
      text={isFirst ? texts.nobodyYet : texts.peopleText}
      side={
        <Button look="primary" onClick={() => setAdding(true)}>
          <Plus aria-hidden />
          {texts.addPerson}
        </Button>
      }
    >
      {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={6} />}
      {data && data.length > 8 && (
        <Input
          type="search"
          className="max-w-xs"
          aria-label={texts.findPerson}
          placeholder={texts.findPerson}
          value={words}
          onChange={(event) => setWords(event.target.value)}
        />
      )}
      {shown && shown.length > 0 && (
        <Card>
          <ul className="divide-y divide-line">
            {shown.map((user) => (
              <PersonRow key={user.id} user={user} onAct={(act) => setOpen({ act, user })} />
            ))}
          </ul>
        </Card>
      )}
      {adding && <CreateUserDialog isFirst={isFirst} onClose={() => setAdding(false)} />}
      {open?.act === 'profile' && <ProfileDialog user={open.user} onClose={close} />}
      {open?.act === 'password' && (
        <PasswordDialog user={open.user} isOwn={open.user.id === me?.user?.id} onDone={() => toast(texts.passwordSet)} onClose={close} />
      )}
      {open?.act === 'reset' && <ResetLinkDialog user={open.user} onClose={close} />}
      {(open?.act === 'disable' || open?.act === 'leave' || open?.act === 'delete' || open?.act === 'erase') && (
        <RemovePerson how={open.act} user={open.user} onClose={close} />
      )}
    </Section>
  )
}
