import { CadreError } from '@cadre/client'
import { Link, useLocation } from '@tanstack/react-router'
import { useState } from 'react'
import { useWait } from '../features/access/use-wait.ts'
import { useFormat, useTexts } from '../i18n/texts.ts'
import { client } from '../lib/api.ts'
import { useAct } from '../ui/use-act.ts'
import { useTitle } from '../lib/use-title.ts'
import { Button, buttonStyle } from '../ui/button.tsx'
import { ErrorBox } from '../ui/error-box.tsx'
import { Field, Input } from '../ui/field.tsx'
import { useIssue } from '../ui/use-issue.ts'
import { Door } from './door.tsx'

/** A new password by the link that an admin made, or by its code alone. It stands behind #, which no server or log is sent. */
export function ResetPage() {
  const { access } = useTexts()
  const format = useFormat()
  const [code, setCode] = useState('')
  const [password, setPassword] = useState('')
  const [again, setAgain] = useState('')
  const [tried, setTried] = useState(false)
  const [isDone, setDone] = useState(false)
  const { busy, error, act } = useAct<'set'>()
  const issue = useIssue(error)
  const wait = useWait(error)
  const linked = useLocation().hash
  useTitle(access.reset)
  if (isDone) {
    return (
      <Door title={access.reset}>
        <p className="text-[13px]" role="status">
          {access.resetDone}
        </p>
        <Link to="/login" className={buttonStyle({ look: 'primary' })}>
          {access.login}
        </Link>
      </Door>
    )
  }
  const set = async () => {
    setTried(true)
    if (password !== again) return
    // Who pastes the whole link into the field means its code.
    const token = linked || (code.trim().split('#').at(-1) ?? '')
    if (await act('set', () => client.users.finishReset({ token, password }))) setDone(true)
  }
  const isGone = error instanceof CadreError && (error.status === 401 || error.status === 404 || issue('token') !== undefined)
  return (
    <Door title={access.reset} text={linked ? access.resetText : access.resetCodeText}>
      <form
        className="flex flex-col gap-3.5"
        onSubmit={(event) => {
          event.preventDefault()
          void set()
        }}
      >
        {!linked && (
          <Field label={access.resetCode}>
            {(field) => (
              <Input {...field} autoComplete="one-time-code" autoFocus required value={code} onChange={(event) => setCode(event.target.value)} />
            )}
          </Field>
        )}
        <Field label={access.password} hint={access.passwordHint} error={issue('password')}>
          {(field) => (
            <Input
              {...field}
              type="password"
              autoComplete="new-password"
              autoFocus={linked !== ''}
              required
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
        <Field label={access.again} error={tried && password !== again ? access.notSame : undefined}>
          {(field) => (
            <Input {...field} type="password" autoComplete="new-password" required value={again} onChange={(event) => setAgain(event.target.value)} />
          )}
        </Field>
        {isGone && (
          <p role="alert" className="rounded-lg bg-warning-soft px-3 py-2 text-[13px]">
            {linked ? access.resetGone : access.resetCodeGone}
          </p>
        )}
        {wait !== null && (
          <p role="alert" className="rounded-lg bg-warning-soft px-3 py-2 text-[13px]">
            {wait > 0 ? access.throttled(format.duration(wait)) : access.throttleOver}
          </p>
        )}
        {error !== null && !isGone && wait === null && <ErrorBox error={error} />}
        <Button type="submit" look="primary" busy={busy === 'set'} disabled={wait !== null && wait > 0}>
          {access.reset}
        </Button>
      </form>
    </Door>
  )
}
