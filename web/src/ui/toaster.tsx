import clsx from 'clsx'
import { X } from 'lucide-react'
import { useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { useTexts } from '../i18n/texts.ts'
import { Button } from './button.tsx'
import { type Toast, toasts } from './toast.ts'

const shownMs = 6_000

/**
 * sonner is not used: importing it puts a <style> element into the page, which the content security policy refuses, and it has no other way.
 */
export function Toaster() {
  const list = useSyncExternalStore(toasts.subscribe, toasts.list)
  const texts = useTexts()
  return (
    <section
      aria-label={texts.common.notifications}
      aria-live="polite"
      className="pointer-events-none fixed inset-x-3 bottom-3 z-50 flex flex-col items-end gap-2"
    >
      {list.map((toast) => (
        <Shown key={toast.id} toast={toast} />
      ))}
    </section>
  )
}

/** It stays while the pointer or the focus is on it. */
function Shown({ toast }: { toast: Toast }) {
  const texts = useTexts()
  const [held, setHeld] = useState(false)
  const isTaken = useRef(false)
  useEffect(() => {
    if (held) return
    const timer = setTimeout(() => toasts.dismiss(toast.id), shownMs)
    return () => clearTimeout(timer)
  }, [held, toast.id])
  const { onGone } = toast
  useEffect(
    () => () => {
      if (!isTaken.current) onGone?.()
    },
    [onGone],
  )
  return (
    <div
      className={clsx(
        'pointer-events-auto flex w-full max-w-sm items-center gap-2 rounded-lg border bg-surface py-2 pl-3.5 pr-2 text-[13px] shadow-lg',
        toast.tone === 'danger' ? 'border-danger/40 text-danger' : 'border-line',
      )}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
    >
      <p className="min-w-0 flex-1 break-words">{toast.text}</p>
      {toast.action && (
        <Button
          size="small"
          onClick={() => {
            isTaken.current = true
            toast.action?.run()
            toasts.dismiss(toast.id)
          }}
        >
          {toast.action.label}
        </Button>
      )}
      <Button look="ghost" size="smallIcon" aria-label={texts.common.close} onClick={() => toasts.dismiss(toast.id)}>
        <X aria-hidden />
      </Button>
    </div>
  )
}
