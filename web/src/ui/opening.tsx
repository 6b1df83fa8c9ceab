import clsx from 'clsx'
import { type ReactNode, useState } from 'react'

/** A row that opens to more, which is made only then. */
export function Opening({ summary, className, children }: { summary: ReactNode; className: string; children: ReactNode }) {
  const [open, setOpen] = useState(false)
  return (
    <details className="text-[13px]" open={open} onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary data-row className={clsx('cursor-pointer px-4 py-2.5 -outline-offset-2 hover:bg-sunken/50', className)}>
        {summary}
      </summary>
      {open && children}
    </details>
  )
}
