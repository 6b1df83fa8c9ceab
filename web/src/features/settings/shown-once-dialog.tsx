import { Copy } from 'lucide-react'
import { useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { copyText } from '../../ui/copy-button.tsx'
import { Dialog, DialogBody, DialogFooter } from '../../ui/dialog.tsx'
import { toast } from '../../ui/toast.ts'

type Props = { title: string; text: string; value: string; done: string; onClose: () => void }

/** The one time that a secret is seen: the server keeps only its hash. */
export function ShownOnceDialog({ title, text, value, done, onClose }: Props) {
  const { common } = useTexts()
  const copy = async () => {
    if (await copyText(value)) toast(common.copied)
    else toast(common.copyFailed, { tone: 'danger' })
  }
  return (
    <Dialog open onClose={onClose} title={title} text={text}>
      <DialogBody>
        <code className="block break-all rounded-md border border-line bg-sunken p-3 font-mono text-[13px]">{value}</code>
      </DialogBody>
      <DialogFooter>
        <Button onClick={() => void copy()}>
          <Copy aria-hidden />
          {common.copy}
        </Button>
        <Button look="primary" onClick={onClose}>
          {done}
        </Button>
      </DialogFooter>
    </Dialog>
  )
}
