import { CadreError } from '@cadre/client'
import { Navigate, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { setupQuery } from '../features/access/access-queries.ts'
import { useTexts } from '../i18n/texts.ts'
import { client } from '../lib/api.ts'
import { placeAfterLogin } from '../lib/login.ts'
import { useTitle } from '../lib/use-title.ts'
import { Button } from '../ui/button.tsx'
import { ErrorBox } from '../ui/error-box.tsx'
import { Field, Input } from '../ui/field.tsx'
import { useIssue } from '../ui/use-issue.ts'
import { Door } from './door.tsx'

/** The first owner of a server that has none, with the token that the server printed. */
export function SetupPage() {
  const { access } = useTexts()
  const { to } = useSearch({ from: '/setup' })
  const { data: setup } = useQuery(setupQuery)
  const [owner, setOwner] = useState({ token: '', name: '', email: '', password: '' })
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const issue = useIssue(error)
  useTitle(access.setup)
  // Not while this page itself has just made the owner, and logs in.
  if (setup && !setup.needs_owner && !busy) return <Navigate to="/login" search={{ to }} replace />

  const create = async () => {
    setBusy(true)
    setError(null)
    try {
      await client.setup.owner({ ...owner, token: owner.token.trim() })
      await client.sessions.login({ email: owner.email, password: owner.password })
      location.replace(placeAfterLogin(to, location.origin))
    } catch (error) {
      setError(error)
      setBusy(false)
    }
  }
  const isWrongToken = error instanceof CadreError && error.code === 'UNAUTHORIZED'
  const line = (name: keyof typeof owner, label: string, more: { hint?: string; type: string; autoComplete: string }) => (
    <Field label={label} hint={more.hint} error={name === 'token' && isWrongToken ? access.tokenWrong : issue(name)}>
      {(field) => (
        <Input
          {...field}
          name={name}
          type={more.type}
          autoComplete={more.autoComplete}
          spellCheck={false}
          required
          value={owner[name]}
          onChange={(event) => setOwner({ ...owner, [name]: event.target.value })}
        />
      )}
    </Field>
  )
  return (
    <Door title={access.setup} text={access.setupText}>
      <form
        className="flex flex-col gap-3.5"
        onSubmit={(event) => {
          event.preventDefault()
          void create()
        }}
      >
        {line('token', access.token, { hint: access.tokenHint, type: 'text', autoComplete: 'one-time-code' })}
        {line('name', access.name, { type: 'text', autoComplete: 'name' })}
        {line('email', access.email, { type: 'email', autoComplete: 'username' })}
        {line('password', access.password, { hint: access.passwordHint, type: 'password', autoComplete: 'new-password' })}
        {error !== null && !isWrongToken && <ErrorBox error={error} />}
        <Button type="submit" look="primary" busy={busy}>
          {access.setupDo}
        </Button>
      </form>
    </Door>
  )
}
