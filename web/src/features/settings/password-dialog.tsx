import type { User } from '@cadre/contract/access'
import { useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { useTexts } from '../../i18n/texts.ts'
import { client } from '../../lib/api.ts'
import { Field, Input } from '../../ui/field.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { peopleChanged } from '../access/people-queries.ts'

type Props = { user: Pick<User, 'id' | 'name' | 'has_password'>; isOwn?: boolean; onDone: () => void; onClose: () => void }

/** One's own password, for which the present one is asked, or that of another. */
export function PasswordDialog({ user, isOwn = false, onDone, onClose }: Props) {
  const texts = useSettingsTexts()
  const { access } = useTexts()
  const [current, setCurrent] = useState('')
  const [password, setPassword] = useState('')
  const asksCurrent = isOwn && user.has_password
  return (
    <FormDialog
      title={isOwn ? texts.changePassword : texts.setPasswordOf(user.name)}
      text={isOwn ? texts.ownPasswordText : texts.passwordText}
      action={texts.setPassword}
      onClose={onClose}
      onSubmit={async () => {
        await client.users.setPassword({ id: user.id, password, ...(asksCurrent ? { current_password: current } : {}) })
        onDone()
        await peopleChanged()
      }}
    >
      {(issue) => (
        <>
          {asksCurrent && (
            <Field label={texts.currentPassword} error={issue('current_password')}>
              {(field) => (
                <Input
                  {...field}
                  type="password"
                  autoComplete="current-password"
                  required
                  value={current}
                  onChange={(event) => setCurrent(event.target.value)}
                />
              )}
            </Field>
          )}
          <Field label={texts.newPassword} hint={access.passwordHint} error={issue('password')}>
            {(field) => (
              <Input
                {...field}
                type="password"
                autoComplete="new-password"
                required
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            )}
          </Field>
        </>
      )}
    </FormDialog>
  )
}
