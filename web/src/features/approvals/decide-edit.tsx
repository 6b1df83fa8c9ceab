import { CadreError } from '@cadre/client'
import { useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { Field, TextArea } from '../../ui/field.tsx'
import { issueText } from '../../ui/use-issue.ts'
import { AnswerForm } from './answer-form.tsx'
import type { AnswerProps } from './decide.tsx'
import { readArguments } from './read-arguments.ts'

/** The same call with other arguments. What the tool's schema says against them is told by the server, field by field. */
export function DecideEdit({ approval, busy, error, onDecide, onClose }: AnswerProps) {
  const all = useTexts()
  const texts = all.approvals
  const [text, setText] = useState(() => JSON.stringify(approval.input, null, 2))
  const [note, setNote] = useState('')
  const input = readArguments(text)
  const issues = error instanceof CadreError ? error.issues.filter(({ path }) => path === 'input' || path.startsWith('input.')) : []
  const refused = issues.map((issue) => `${issue.path.replace(/^input\.?/, '')} ${issueText(issue, all)}`.trim()).join('; ')
  const said = note.trim() === '' ? {} : { note: note.trim() }
  return (
    <AnswerForm
      title={texts.editTitle}
      action={texts.editDo}
      busy={busy}
      disabled={input === null}
      onSubmit={() => input && onDecide({ decision: 'approve', input, ...said })}
      onClose={onClose}
    >
      <Field label={texts.editLabel} hint={texts.editHint} error={input === null ? texts.notObject : refused || undefined}>
        {(field) => (
          <TextArea
            {...field}
            autoFocus
            spellCheck={false}
            className="font-mono text-xs"
            value={text}
            onChange={(event) => setText(event.target.value)}
          />
        )}
      </Field>
      <Field label={texts.note} required={false}>
        {(field) => <TextArea {...field} className="min-h-9" maxLength={2_000} value={note} onChange={(event) => setNote(event.target.value)} />}
      </Field>
    </AnswerForm>
  )
}
