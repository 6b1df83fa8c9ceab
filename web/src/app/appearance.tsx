import { Looks } from '../features/settings/looks.tsx'
import { useTexts } from '../i18n/texts.ts'
import { Dialog, DialogBody } from '../ui/dialog.tsx'

export function Appearance({ onClose }: { onClose: () => void }) {
  const texts = useTexts()
  return (
    <Dialog open onClose={onClose} title={texts.shell.appearance} className="max-w-sm">
      <DialogBody>
        <Looks />
      </DialogBody>
    </Dialog>
  )
}
