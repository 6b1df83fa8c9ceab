import type { ReactNode } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'

type Props = {
  title: string
  text?: string
  action: string
  danger?: boolean
  busy: boolean
  disabled?: boolean
  onSubmit: () => void
  onClose: () => void
  children: ReactNode
}

/** What an answer asks beside itself. Its first field has the focus at once; Escape leaves it. */
export function AnswerForm({ title, text, action, danger = false, busy, disabled = false, onSubmit, onClose, children }: Props) {
  const texts = useTexts()
  return (
    <form
      aria-label={title}
      className="mt-3 flex flex-col gap-3 rounded-lg border border-line p-3.5"
      onKeyDown={(event) => event.key === 'Escape' && onClose()}
      onSubmit={(event) => {
        event.preventDefault()
        if (!disabled) onSubmit()
      }}
    >
      <div>
        <h3 className="text-[13px] font-semibold">{title}</h3>
        {text && <p className="mt-0.5 text-[13px] text-muted">{text}</p>}
      </div>
      {children}
      <div className="flex flex-wrap gap-2">
        <Button type="submit" look={danger ? 'danger' : 'primary'} busy={busy} disabled={disabled}>
          {action}
        </Button>
        <Button onClick={onClose}>{texts.common.cancel}</Button>
      </div>
    </form>
  )
}
