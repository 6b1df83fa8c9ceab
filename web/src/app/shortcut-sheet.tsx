import { useTexts } from '../i18n/texts.ts'
import { shownKeys } from '../lib/shortcuts.ts'
import { isMac, useShortcutList } from '../lib/use-shortcut.ts'
import { Dialog, DialogBody } from '../ui/dialog.tsx'
import { Kbd } from '../ui/parts.tsx'

/** Every key that does something where the reader is now. */
export function ShortcutSheet({ onClose }: { onClose: () => void }) {
  const texts = useTexts()
  const list = useShortcutList()
  const groups = Map.groupBy(list, ({ group }) => group)
  return (
    <Dialog open onClose={onClose} title={texts.shell.shortcuts} className="max-w-2xl">
      <DialogBody className="gap-x-10 sm:columns-2">
        {[...groups].map(([group, shortcuts]) => (
          <section key={group} className="mb-5 break-inside-avoid">
            <h3 className="mb-1.5 text-xs font-medium text-muted">{group}</h3>
            <dl className="divide-y divide-line">
              {shortcuts.map(({ keys, label }) => (
                <div key={`${keys} ${label}`} className="flex min-h-8 items-center justify-between gap-3 text-[13px]">
                  <dt>{label}</dt>
                  <dd>
                    <span className="sr-only">{shownKeys(keys, isMac).join(' ')}</span>
                    <Kbd keys={shownKeys(keys, isMac)} />
                  </dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </DialogBody>
    </Dialog>
  )
}
