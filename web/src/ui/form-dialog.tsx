import { CadreError } from '@cadre/client'
import type { ReactNode } from 'react'
import { useTexts } from '../i18n/texts.ts'
import { useAct } from './use-act.ts'
import { Button } from './button.tsx'
import { Dialog, DialogBody, DialogFooter } from './dialog.tsx'
import { ErrorBox } from './error-box.tsx'

type Props = {
  title: string
  text?: string
  action: string
  disabled?: boolean
  /** The dialog closes when it is done, and says why where it cannot be. */
  onSubmit: () => Promise<unknown>
  onClose: () => void
  /** Given what the server has against a field. */
  children: (issue: (field: string) => string | undefined) => ReactNode
}

export function FormDialog({ title, text, action, disabled = false, onSubmit, onClose, children }: Props) {
  const texts = useTexts()
  const { busy, error, act } = useAct<'submit'>()
  const issue = (field: string) =>
    error instanceof CadreError ? error.issues.find(({ path }) => path === field || path.startsWith(`${field}[`))?.message : undefined
  const submit = async () => {
    if (await act('submit', onSubmit)) onClose()
  }
  return (
    <Dialog open onClose={onClose} title={title} {...(text ? { text } : {})}>
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
          <Button onClick={onClose}>{texts.common.cancel}</Button>
          <Button type="submit" look="primary" busy={busy !== null} disabled={disabled}>
            {action}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}
