import type { ReactNode } from 'react'

/** One part of the settings: what it is, what can be done, and the things themselves. */
export function Section({ title, text, side, children }: { title: string; text?: ReactNode; side?: ReactNode; children: ReactNode }) {
  return (
    <section className="flex flex-col gap-3">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div className="min-w-0 flex-1 basis-72">
          <h2 className="text-[15px] font-semibold">{title}</h2>
          {text && <p className="mt-0.5 text-[13px] text-muted">{text}</p>}
        </div>
        {side && <div className="flex flex-wrap gap-2">{side}</div>}
      </header>
      {children}
    </section>
  )
}
