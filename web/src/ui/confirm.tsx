import { type ReactNode, useState } from 'react'
import { useTexts } from '../i18n/texts.ts'
import { useAct } from './use-act.ts'
import { Button } from './button.tsx'
import { Dialog, DialogBody, DialogFooter } from './dialog.tsx'
import { ErrorBox } from './error-box.tsx'
import { Field, Input } from './field.tsx'

type Props = {
  title: string
  /** What goes, and what stays. */
  text: string
  action: string
  /** What cannot be had back is confirmed by writing its name. */
  word?: string
  danger?: boolean
  onConfirm: () => Promise<unknown>
  /** When it is done, where it does not simply close. */
  onDone?: () => void
  onClose: () => void
  children?: ReactNode
}

/** Asked before what takes something away. It stays, with the reason, where that fails. */
export function ConfirmDialog({ title, text, action, word, danger = true, onConfirm, onDone, onClose, children }: Props) {
  const texts = useTexts()
  const [written, setWritten] = useState('')
  const { busy, error, act } = useAct<'confirm'>()
  const confirm = async () => {
    if (await act('confirm', onConfirm)) (onDone ?? onClose)()
  }
  return (
    <Dialog open onClose={onClose} title={title} text={text} className="max-w-md">
      <form
        className="flex min-h-0 flex-col"
        onSubmit={(event) => {
          event.preventDefault()
          void confirm()
        }}
      >
        {(children || word !== undefined || error !== null) && (
          <DialogBody className="flex flex-col gap-3">
            {children}
            {word !== undefined && (
              <Field label={texts.common.writeToConfirm(word)}>
                {(field) => <Input {...field} autoFocus autoComplete="off" value={written} onChange={(event) => setWritten(event.target.value)} />}
              </Field>
            )}
            {error !== null && <ErrorBox error={error} />}
          </DialogBody>
        )}
        <DialogFooter>
          <Button onClick={onClose}>{texts.common.cancel}</Button>
          <Button type="submit" look={danger ? 'danger' : 'primary'} busy={busy !== null} disabled={word !== undefined && written.trim() !== word}>
            {action}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}
