import { useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { Field, TextArea } from '../../ui/field.tsx'
import { AnswerForm } from './answer-form.tsx'
import type { AnswerProps } from './decide.tsx'

export function DecideReject({ busy, onDecide, onClose }: AnswerProps) {
  const { approvals: texts } = useTexts()
  const [note, setNote] = useState('')
  const said = note.trim() === '' ? {} : { note: note.trim() }
  return (
    <AnswerForm
      title={texts.rejectTitle}
      action={texts.rejectDo}
      danger
      busy={busy}
      onSubmit={() => onDecide({ decision: 'reject', ...said })}
      onClose={onClose}
    >
      <Field label={texts.note} hint={texts.noteHint} required={false}>
        {(field) => (
          <TextArea {...field} autoFocus className="min-h-9" maxLength={2_000} value={note} onChange={(event) => setNote(event.target.value)} />
        )}
      </Field>
    </AnswerForm>
  )
}
