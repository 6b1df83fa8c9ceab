import type { Role } from '@cadre/contract/access'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { useTexts } from '../../i18n/texts.ts'
import { client } from '../../lib/api.ts'
import { Check, Field, type FieldProps, Input, Select } from '../../ui/field.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { toast } from '../../ui/toast.ts'
import { isAtLeast, meQuery, roles } from '../access/access-queries.ts'
import { peopleChanged } from '../access/people-queries.ts'

/** A file with a row of JSON on each line; the browser saves it. */
export const exportAddress = (userId: string) => `/api/v1/users/${encodeURIComponent(userId)}/export`

/** Those that the caller may give: nobody makes others stronger than they are themselves. */
export function RoleSelect(props: { field?: FieldProps; label?: string; value: Role; disabled?: boolean; onChange: (role: Role) => void }) {
  const { field, label, value, disabled, onChange } = props
  const { access } = useTexts()
  const { data: me } = useQuery(meQuery)
  return (
    <Select
      {...field}
      aria-label={label}
      className="max-w-44"
      disabled={disabled}
      value={value}
      onChange={(event) => onChange(roles.find((role) => role === event.target.value) ?? value)}
    >
      {roles
        .filter((role) => role === value || (isAtLeast(me, 'admin') ? role !== 'owner' || me?.role === 'owner' : isAtLeast(me, role)))
        .map((role) => (
          <option key={role} value={role}>
            {access.roles[role]}
          </option>
        ))}
    </Select>
  )
}

/** The first user of a server is an owner, and from then on everyone logs in: then it says so, and leads there. */
export function CreateUserDialog({ isFirst, onClose }: { isFirst: boolean; onClose: () => void }) {
  const texts = useSettingsTexts()
  const { access } = useTexts()
  const [person, setPerson] = useState({ name: '', email: '', password: '' })
  const [role, setRole] = useState<Role>(isFirst ? 'owner' : 'member')
  const [outside, setOutside] = useState(false)
  return (
    <FormDialog
      title={isFirst ? texts.firstUser : texts.addPerson}
      text={isFirst ? texts.firstUserText : texts.addPersonText}
      action={texts.addPerson}
      onClose={onClose}
      onSubmit={async () => {
        const password = outside ? null : person.password
        // What is asked between the two calls is refused, and leads to the login: this leads back.
        const here = location.href
        await client.users.create({ name: person.name, email: person.email, password, role })
        if (isFirst) {
          await client.sessions.login({ email: person.email, password: person.password })
          location.replace(here)
        } else {
          toast(texts.personAdded(person.name))
          await peopleChanged()
        }
      }}
    >
      {(issue) => (
        <>
          <Field label={access.name} error={issue('name')}>
            {(field) => (
              <Input
                {...field}
                autoComplete="off"
                required
                value={person.name}
                onChange={(event) => setPerson({ ...person, name: event.target.value })}
              />
            )}
          </Field>
          <Field label={access.email} error={issue('email')}>
            {(field) => (
              <Input
                {...field}
                type="email"
                autoComplete="off"
                required
                value={person.email}
                onChange={(event) => setPerson({ ...person, email: event.target.value })}
              />
            )}
          </Field>
          {!isFirst && (
            <Field label={texts.role} hint={access.roleMeans[role]} error={issue('role')}>
              {(field) => <RoleSelect field={field} value={role} onChange={setRole} />}
            </Field>
          )}
          {!outside && (
            <Field label={access.password} hint={access.passwordHint} error={issue('password')}>
              {(field) => (
                <Input
                  {...field}
                  type="password"
                  autoComplete="new-password"
                  required
                  value={person.password}
                  onChange={(event) => setPerson({ ...person, password: event.target.value })}
                />
              )}
            </Field>
          )}
          {!isFirst && (
            <Check label={texts.outsideOnly} hint={texts.outsideOnlyHint} checked={outside} onChange={(event) => setOutside(event.target.checked)} />
          )}
        </>
      )}
    </FormDialog>
  )
}

export function ProfileDialog({ user, onClose }: { user: { id: string; name: string; email: string | null }; onClose: () => void }) {
  const texts = useSettingsTexts()
  const { access, common } = useTexts()
  const [name, setName] = useState(user.name)
  const [email, setEmail] = useState(user.email ?? '')
  return (
    <FormDialog
      title={texts.profileOf(user.name)}
      action={common.save}
      onClose={onClose}
      onSubmit={async () => {
        await client.users.update({ id: user.id, name, ...(email === (user.email ?? '') ? {} : { email }) })
        await peopleChanged()
      }}
    >
      {(issue) => (
        <>
          <Field label={access.name} error={issue('name')}>
            {(field) => <Input {...field} required value={name} onChange={(event) => setName(event.target.value)} />}
          </Field>
          <Field label={access.email} error={issue('email')}>
            {(field) => <Input {...field} type="email" value={email} onChange={(event) => setEmail(event.target.value)} />}
          </Field>
        </>
      )}
    </FormDialog>
  )
}
