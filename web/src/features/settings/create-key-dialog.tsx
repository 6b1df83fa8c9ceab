import type { Role, Scope } from '@cadre/contract/access'
import { useQuery } from '@tanstack/react-query'
import { type ReactNode, useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { useTexts } from '../../i18n/texts.ts'
import { client } from '../../lib/api.ts'
import { Check, Field, Input, Select } from '../../ui/field.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { meQuery } from '../access/access-queries.ts'
import { peopleChanged } from '../access/people-queries.ts'
import { agentsQuery } from '../agents/agent-queries.ts'
import { RoleSelect } from './person-dialogs.tsx'

const scopes = [
  'agents:read',
  'agents:write',
  'runs:read',
  'runs:write',
  'approvals:write',
  'conversations:read',
  'conversations:write',
  'tools:read',
  'tools:write',
  'providers:read',
  'providers:write',
  'usage:read',
  'access:read',
  'access:write',
  'audit:read',
] as const satisfies Scope[]
const spans = [30, 90, 365] as const
const dayMs = 86_400_000

/** An API key that may no more than it needs: all three limits are open at first, and can be drawn in. */
export function CreateKeyDialog({ onMade, onClose }: { onMade: (made: { name: string; key: string }) => void; onClose: () => void }) {
  const texts = useSettingsTexts()
  const { access } = useTexts()
  const { data: me } = useQuery(meQuery)
  const { data: agents = [] } = useQuery(agentsQuery)
  const [name, setName] = useState('')
  const [role, setRole] = useState<Role | null>(null)
  const [chosen, setChosen] = useState<ReadonlySet<string> | null>(null)
  const [only, setOnly] = useState<ReadonlySet<string> | null>(null)
  const [days, setDays] = useState('90')
  const [date, setDate] = useState('')
  const expires = () => {
    if (days === 'never') return null
    // The end of that day, where the one who chooses it is.
    if (days === 'date') return date === '' ? null : new Date(`${date}T23:59:59`).toISOString()
    return new Date(Date.now() + Number(days) * dayMs).toISOString()
  }
  const isEmpty = chosen?.size === 0 || only?.size === 0 || (days === 'date' && date === '')
  const own = role ?? me?.role ?? 'viewer'
  return (
    <FormDialog
      title={texts.addKey}
      text={texts.addKeyText}
      action={texts.addKey}
      disabled={isEmpty}
      onClose={onClose}
      onSubmit={async () => {
        const made = await client.keys.create({
          name,
          role: own,
          scopes: chosen && scopes.filter((scope) => chosen.has(scope)),
          agents: only && [...only],
          expires_at: expires(),
        })
        onMade(made)
        await peopleChanged()
      }}
    >
      {(issue) => (
        <>
          <Field label={access.name} hint={texts.keyNameHint} error={issue('name')}>
            {(field) => (
              <Input {...field} autoComplete="off" required maxLength={200} value={name} onChange={(event) => setName(event.target.value)} />
            )}
          </Field>
          <Field label={texts.role} hint={access.roleMeans[own]} error={issue('role')}>
            {(field) => <RoleSelect field={field} value={own} onChange={setRole} />}
          </Field>
          <Choices
            label={texts.scopes}
            all={texts.allScopes}
            some={texts.someScopes}
            options={scopes.map((scope) => ({ value: scope, label: <code className="font-mono text-xs">{scope}</code> }))}
            chosen={chosen}
            onChange={setChosen}
            error={issue('scopes')}
          />
          <Choices
            label={texts.agents}
            all={texts.allAgents}
            some={texts.someAgents}
            options={agents.map(({ id, name }) => ({ value: id, label: name }))}
            chosen={only}
            onChange={setOnly}
            error={issue('agents')}
          />
          <div className="grid grid-cols-2 gap-3">
            <Field label={texts.expiry} error={issue('expires_at')}>
              {(field) => (
                <Select {...field} value={days} onChange={(event) => setDays(event.target.value)}>
                  {spans.map((span) => (
                    <option key={span} value={String(span)}>
                      {texts.days(String(span))}
                    </option>
                  ))}
                  <option value="date">{texts.onDate}</option>
                  <option value="never">{texts.noExpiry}</option>
                </Select>
              )}
            </Field>
            {days === 'date' && (
              <Field label={texts.lastDay}>
                {(field) => <Input {...field} type="date" required value={date} onChange={(event) => setDate(event.target.value)} />}
              </Field>
            )}
          </div>
        </>
      )}
    </FormDialog>
  )
}

type ChoicesProps = {
  label: string
  all: string
  some: string
  options: { value: string; label: ReactNode }[]
  chosen: ReadonlySet<string> | null
  onChange: (chosen: ReadonlySet<string> | null) => void
  error: string | undefined
}

/** All, or some of a list. */
function Choices({ label, all, some, options, chosen, onChange, error }: ChoicesProps) {
  const toggle = (value: string, on: boolean) => {
    const next = new Set(chosen)
    if (on) next.add(value)
    else next.delete(value)
    onChange(next)
  }
  return (
    <fieldset>
      <legend className="mb-1 text-[13px] font-medium">{label}</legend>
      <div className="flex flex-wrap gap-x-5 gap-y-1 text-[13px]">
        {[
          { text: all, on: chosen === null, to: null },
          { text: some, on: chosen !== null, to: new Set<string>() },
        ].map(({ text, on, to }) => (
          <label key={text} className="flex items-center gap-2">
            <input type="radio" className="size-4 accent-accent" name={label} checked={on} onChange={() => onChange(to)} />
            {text}
          </label>
        ))}
      </div>
      {chosen && (
        <div className="mt-2 grid max-h-48 grid-cols-1 gap-1.5 overflow-y-auto rounded-md border border-line p-2.5 sm:grid-cols-2">
          {options.map(({ value, label }) => (
            <Check key={value} label={label} checked={chosen.has(value)} onChange={(event) => toggle(value, event.target.checked)} />
          ))}
        </div>
      )}
      {error && <p className="mt-1 text-xs text-danger">{error}</p>}
    </fieldset>
  )
}
