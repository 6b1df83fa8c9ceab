import { useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogBody, DialogFooter } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { toast } from '../../ui/toast.ts'
import { addTool, emptyTool, type ToolDraft, type ToolKind, toolKinds } from './add-tool-draft.ts'
import { ToolFields } from './tool-fields.tsx'

/** A tool of one's own, of any kind. */
export function AddTool({ onClose, onAdded }: { onClose: () => void; onAdded: (id: string) => void }) {
  const texts = useTexts()
  const [kind, setKind] = useState<ToolKind>('http')
  const [draft, setDraft] = useState<ToolDraft>(emptyTool)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [notJson, setNotJson] = useState(false)

  const submit = async () => {
    const schema = readSchema(draft.schema)
    setNotJson(kind === 'http' && schema === null)
    if (kind === 'http' && schema === null) return
    setBusy(true)
    setError(null)
    try {
      const { id, name } = await addTool(kind, draft, schema ?? {})
      toast(texts.toolForm.added(name))
      onAdded(id)
    } catch (error) {
      setError(error)
      setBusy(false)
    }
  }

  return (
    <Dialog open onClose={onClose} title={texts.toolForm.title} text={texts.toolForm.text} place="right">
      <form
        className="flex min-h-0 flex-1 flex-col"
        onSubmit={(event) => {
          event.preventDefault()
          void submit()
        }}
      >
        <DialogBody className="flex flex-col gap-4">
          <div className="grid grid-cols-4 gap-1 rounded-lg bg-sunken p-1" role="group" aria-label={texts.toolForm.title}>
            {toolKinds.map((each) => (
              <Button key={each} look={kind === each ? 'raised' : 'ghost'} size="small" aria-pressed={kind === each} onClick={() => setKind(each)}>
                {texts.toolForm.kinds[each]}
              </Button>
            ))}
          </div>
          <p className="text-[13px] text-muted">{texts.toolForm.kindText[kind]}</p>
          <ToolFields kind={kind} draft={draft} onChange={setDraft} notJson={notJson} error={error} />
          {error !== null && <ErrorBox error={error} />}
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>{texts.common.cancel}</Button>
          <Button look="primary" type="submit" busy={busy}>
            {texts.toolForm.title}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}

function readSchema(text: string): Record<string, unknown> | null {
  try {
    const schema: unknown = JSON.parse(text)
    return typeof schema === 'object' && schema !== null && !Array.isArray(schema) ? (schema as Record<string, unknown>) : null
  } catch {
    return null
  }
}
