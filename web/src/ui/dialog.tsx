import clsx from 'clsx'
import { X } from 'lucide-react'
import { Dialog as Radix } from 'radix-ui'
import type { ReactNode } from 'react'
import { useTexts } from '../i18n/texts.ts'
import { Button } from './button.tsx'

/**
 * Radix's overlay locks the page's scrolling through a <style> element, which the content security policy refuses. Ours is a plain
 * element, and theme.css locks the scrolling while a dialog is there.
 */
export function Dialog(props: {
  open: boolean
  onClose: () => void
  title: string
  hideTitle?: boolean
  text?: string
  place?: 'middle' | 'top' | 'left' | 'right'
  className?: string
  children: ReactNode
}) {
  const { open, onClose, title, hideTitle = false, text, place = 'middle', className, children } = props
  const texts = useTexts()
  return (
    <Radix.Root open={open} onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Radix.Portal>
        <div className="fixed inset-0 z-40 bg-[rgb(10_12_18/0.45)] motion-safe:animate-[fade_.12s]" data-locks-scrolling aria-hidden />
        <Radix.Content
          className={clsx(
            'fixed z-40 flex flex-col overflow-hidden border border-line bg-surface shadow-2xl outline-none',
            place === 'middle' && 'inset-x-3 top-[8dvh] mx-auto max-h-[84dvh] rounded-xl',
            place === 'middle' && !className && 'max-w-lg',
            place === 'top' && 'inset-x-3 top-[12dvh] mx-auto max-h-[70dvh] max-w-xl rounded-xl',
            place === 'left' && 'inset-y-0 left-0 w-64',
            place === 'right' && 'inset-y-0 right-0 w-full max-w-xl',
            className,
          )}
          {...(text ? {} : { 'aria-describedby': undefined })}
        >
          <div className={hideTitle ? 'sr-only' : 'flex items-start justify-between gap-3 px-5 pb-3 pt-4'}>
            <div className="min-w-0">
              <Radix.Title className="text-[15px] font-semibold">{title}</Radix.Title>
              {text && <Radix.Description className="mt-0.5 text-[13px] text-muted">{text}</Radix.Description>}
            </div>
            {!hideTitle && (
              <Radix.Close asChild>
                <Button look="ghost" size="smallIcon" aria-label={texts.common.close}>
                  <X aria-hidden />
                </Button>
              </Radix.Close>
            )}
          </div>
          {children}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  )
}

export function DialogBody({ children, className }: { children: ReactNode; className?: string }) {
  return <div className={clsx('min-h-0 flex-1 overflow-y-auto px-5 pb-5', className)}>{children}</div>
}

export function DialogFooter({ children }: { children: ReactNode }) {
  return <div className="flex flex-wrap justify-end gap-2 border-t border-line px-5 py-3">{children}</div>
}
