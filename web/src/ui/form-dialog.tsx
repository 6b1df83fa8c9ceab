import type { ReactNode } from 'react'
import { useTexts } from '../i18n/texts.ts'
import { useAct } from './use-act.ts'
import { Button } from './button.tsx'
import { Dialog, DialogBody, DialogFooter } from './dialog.tsx'
import { ErrorBox } from './error-box.tsx'
import { useIssue } from './use-issue.ts'

type Props = {
  title: string
  text?: string
  action: string
  disabled?: boolean
  /** The dialog closes when it is done, and says why where it cannot be. */
  onSubmit: () => Promise<unknown>
  onClose: () => void
  /** When it is left without being done, where that is something else. */
  onCancel?: () => void
  /** Given what the server has against a field. */
  children: (issue: (field: string) => string | undefined) => ReactNode
}

export function FormDialog({ title, text, action, disabled = false, onSubmit, onClose, onCancel = onClose, children }: Props) {
  const { busy, error, act } = useAct<'submit'>()
  const texts = useTexts()
  const issue = useIssue(error)
  const submit = async () => {
    if (await act('submit', onSubmit)) onClose()
  }
  return (
    <Dialog open onClose={onCancel} title={title} {...(text ? { text } : {})}>
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault()
          if (!disabled) void submit()
        }}
      >
        <DialogBody className="flex flex-col gap-3.5">
          {children(issue)}
          {error !== null && <ErrorBox error={error} />}
        </DialogBody>
        <DialogFooter>
          <Button onClick={onCancel}>{texts.common.cancel}</Button>
          <Button type="submit" look="primary" busy={busy !== null} disabled={disabled}>
            {action}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}
