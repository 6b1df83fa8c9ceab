import { CadreError } from '@cadre/client'
import { Link, Navigate, useSearch } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { Suspense, useState } from 'react'
import { useFailureTexts } from '../i18n/failure-texts.ts'
import { setupQuery } from '../features/access/access-queries.ts'
import { useWait } from '../features/access/use-wait.ts'
import { useFormat, useTexts } from '../i18n/texts.ts'
import { client } from '../lib/api.ts'
import { keepPlace, type LoginFailure, placeAfterLogin } from '../lib/login.ts'
import { useTitle } from '../lib/use-title.ts'
import { Button, buttonStyle } from '../ui/button.tsx'
import { ErrorBox } from '../ui/error-box.tsx'
import { Field, Input } from '../ui/field.tsx'
import { Door } from './door.tsx'

/** With a password, or at the OpenID Connect server where there is one. Then it goes on where it was wanted. */
export function LoginPage() {
  const { access } = useTexts()
  const format = useFormat()
  const { to, failed } = useSearch({ from: '/login' })
  const { data: setup } = useQuery(setupQuery)
  const [email, setEmail] = useState('')
  const [password, setPassword] = useState('')
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const wait = useWait(error)
  useTitle(access.login)
  if (setup?.needs_owner) return <Navigate to="/setup" search={{ to }} replace />

  const logIn = async () => {
    setBusy(true)
    setError(null)
    try {
      await client.sessions.login({ email, password })
      // Loaded anew: nothing of whoever was here before stays in this window.
      location.replace(placeAfterLogin(to, location.origin))
    } catch (error) {
      setError(error)
      setBusy(false)
    }
  }
  const isWrong = error instanceof CadreError && error.code === 'UNAUTHORIZED'
  return (
    <Door title={access.login} text={access.loginText}>
      {failed && error === null && (
        <Suspense>
          <OutsideFailure why={failed} />
        </Suspense>
      )}
      {setup?.outside_login && (
        <>
          <a href={setup.outside_login} className={buttonStyle()} onClick={() => keepPlace(placeAfterLogin(to, location.origin))}>
            {access.outside}
          </a>
          <p className="text-center text-xs text-muted">{access.or}</p>
        </>
      )}
      <form
        className="flex flex-col gap-3.5"
        onSubmit={(event) => {
          event.preventDefault()
          void logIn()
        }}
      >
        <Field label={access.email}>
          {(field) => (
            <Input
              {...field}
              type="email"
              name="email"
              autoComplete="username"
              autoFocus
              required
              value={email}
              onChange={(event) => {
                setEmail(event.target.value)
                // What was refused was about the address before, which somebody else may not have to wait for.
                setError(null)
              }}
            />
          )}
        </Field>
        <Field label={access.password}>
          {(field) => (
            <Input
              {...field}
              type="password"
              name="password"
              autoComplete="current-password"
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        {isWrong && (
          <p role="alert" className="text-[13px] text-danger">
            {access.wrong}
          </p>
        )}
        {wait !== null && (
          <p role="alert" className="rounded-lg bg-warning-soft px-3 py-2 text-[13px]">
            {wait > 0 ? access.throttled(format.duration(wait)) : access.throttleOver}
          </p>
        )}
        {error !== null && !isWrong && wait === null && <ErrorBox error={error} />}
        <Button type="submit" look="primary" busy={busy} disabled={wait !== null && wait > 0}>
          {access.login}
        </Button>
      </form>
      <details className="text-[13px] text-muted">
        <summary className="cursor-pointer">{access.forgotten}</summary>
        <p className="mt-1.5">{access.forgottenText}</p>
        <p className="mt-1.5">{access.forgottenOwner}</p>
        <code className="mt-1 block overflow-x-auto rounded bg-sunken px-2 py-1 font-mono text-xs">cadre users passwd you@example.org --local</code>
      </details>
      <Link to="/reset" className="self-start text-[13px] text-accent underline-offset-2 hover:underline">
        {access.haveCode}
      </Link>
    </Door>
  )
}

/** Why a login elsewhere came back without one. */
function OutsideFailure({ why }: { why: LoginFailure }) {
  const texts = useFailureTexts()
  return (
    <p role="alert" className="rounded-lg bg-danger-soft px-3 py-2 text-[13px]">
      {texts[why]}
    </p>
  )
}
