import { useEffect, useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { Field, Input } from '../../ui/field.tsx'
import type { AuditSearch } from './audit-search.ts'

/** Words count when they are written: at a pause, not at each letter. */
const pauseMs = 300

/** The same in every language. */
const examples = { action: 'users.create', actor: 'usr_…' }

export function AuditFilters({ search, onChange }: { search: AuditSearch; onChange: (change: AuditSearch) => void }) {
  const texts = useSettingsTexts()
  return (
    <div className="grid grid-cols-2 gap-2 sm:grid-cols-3 xl:grid-cols-5">
      <Words label={texts.auditAction} placeholder={examples.action} value={search.action} onChange={(action) => onChange({ action })} />
      <Words label={texts.auditActor} placeholder={examples.actor} value={search.actor} onChange={(actor) => onChange({ actor })} />
      <Words label={texts.auditTarget} value={search.target} onChange={(target) => onChange({ target })} />
      <Field label={texts.from}>
        {(field) => (
          <Input {...field} type="date" value={search.from ?? ''} onChange={(event) => onChange({ from: event.target.value || undefined })} />
        )}
      </Field>
      <Field label={texts.to}>
        {(field) => <Input {...field} type="date" value={search.to ?? ''} onChange={(event) => onChange({ to: event.target.value || undefined })} />}
      </Field>
    </div>
  )
}

type WordsProps = { label: string; placeholder?: string; value: string | undefined; onChange: (value: string | undefined) => void }

function Words({ label, placeholder, value = '', onChange }: WordsProps) {
  const [text, setText] = useState(value)
  useEffect(() => {
    if (text.trim() === value) return
    const timer = setTimeout(() => onChange(text.trim() || undefined), pauseMs)
    return () => clearTimeout(timer)
    // What is written counts, not that the page around it was drawn anew.
  }, [text])
  return (
    <Field label={label}>
      {(field) => (
        <Input
          {...field}
          type="search"
          spellCheck={false}
          maxLength={200}
          {...(placeholder ? { placeholder } : {})}
          value={text}
          onChange={(event) => setText(event.target.value)}
        />
      )}
    </Field>
  )
}
