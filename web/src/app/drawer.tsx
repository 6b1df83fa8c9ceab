import type { ReactNode } from 'react'
import { useTexts } from '../i18n/texts.ts'
import { Dialog } from '../ui/dialog.tsx'

/** The sidebar of a narrow screen. It closes when a link in it is followed. */
export function Drawer({ onClose, children }: { onClose: () => void; children: ReactNode }) {
  const texts = useTexts()
  return (
    <Dialog open onClose={onClose} title={texts.shell.menu} hideTitle place="left">
      <div className="flex min-h-0 flex-1 flex-col" onClick={(event) => (event.target as Element).closest('a') && onClose()} role="presentation">
        {children}
      </div>
    </Dialog>
  )
}
