import clsx from 'clsx'
import type { LucideIcon } from 'lucide-react'
import type { ComponentProps, ReactNode } from 'react'
import { useTexts } from '../i18n/texts.ts'

export function Kbd({ keys, className }: { keys: string[]; className?: string }) {
  return (
    <span className={clsx('inline-flex gap-0.5', className)} aria-hidden>
      {keys.map((key, i) => (
        // The same key may stand twice (G G): the place tells them apart.
        <kbd key={i} className="min-w-5 rounded border border-line bg-surface px-1 text-center font-sans text-[11px] leading-[18px] text-muted">
          {key}
        </kbd>
      ))}
    </span>
  )
}

type Tone = 'neutral' | 'success' | 'warning' | 'danger' | 'info' | 'accent'
const tones: Record<Tone, string> = {
  neutral: 'bg-sunken text-muted',
  success: 'bg-success-soft text-success',
  warning: 'bg-warning-soft text-warning',
  danger: 'bg-danger-soft text-danger',
  info: 'bg-info-soft text-info',
  accent: 'bg-accent-soft text-accent',
}

export function Badge({ tone = 'neutral', className, ...rest }: ComponentProps<'span'> & { tone?: Tone }) {
  return (
    <span
      className={clsx('inline-flex h-5 items-center gap-1 whitespace-nowrap rounded px-1.5 text-xs [&_svg]:size-3', tones[tone], className)}
      {...rest}
    />
  )
}

export function Card({ className, ...rest }: ComponentProps<'section'>) {
  return <section className={clsx('rounded-lg border border-line bg-surface', className)} {...rest} />
}

export function CardTitle({ children, side }: { children: ReactNode; side?: ReactNode }) {
  return (
    <div className="flex min-h-11 flex-wrap items-center justify-between gap-x-3 gap-y-1 border-b border-line px-4 py-1.5">
      <h2 className="min-w-10 truncate text-[13px] font-semibold">{children}</h2>
      {side && <div className="flex max-w-full shrink-0 flex-wrap items-center gap-1.5">{side}</div>}
    </div>
  )
}

/** Nothing is here yet, and the one thing to do about it. */
export function Empty({ icon: Icon, title, text, children }: { icon: LucideIcon; title: string; text?: string; children?: ReactNode }) {
  return (
    <div className="flex flex-col items-center px-6 py-12 text-center">
      <span className="mb-3 grid size-10 place-items-center rounded-full bg-sunken text-muted">
        <Icon className="size-5" aria-hidden />
      </span>
      <p className="font-semibold">{title}</p>
      {text && <p className="mt-1 max-w-sm text-[13px] text-muted">{text}</p>}
      {children && <div className="mt-4 flex flex-wrap justify-center gap-2">{children}</div>}
    </div>
  )
}

/** The place of what is being loaded. */
export function Skeleton({ rows = 3, className }: { rows?: number; className?: string }) {
  const texts = useTexts()
  return (
    <div className={clsx('flex flex-col gap-2.5 p-4', className)} role="status" aria-label={texts.common.loading}>
      {Array.from({ length: rows }, (_, i) => (
        <div key={i} className={clsx('h-4 animate-pulse rounded bg-sunken', i % 3 === 2 ? 'w-2/5' : i % 3 === 1 ? 'w-4/5' : 'w-3/5')} />
      ))}
    </div>
  )
}

export function PageHeader({ title, text, children, above }: { title: ReactNode; text?: ReactNode; children?: ReactNode; above?: ReactNode }) {
  return (
    <header className="mb-5 flex flex-wrap items-center justify-between gap-x-6 gap-y-3">
      <div className="min-w-0">
        {above && <div className="mb-1 flex items-center gap-1 text-xs text-muted">{above}</div>}
        <h1 className="break-words text-xl font-semibold tracking-tight">{title}</h1>
        {text && <p className="mt-0.5 max-w-2xl text-[13px] text-muted">{text}</p>}
      </div>
      {children && <div className="flex flex-wrap items-center gap-2">{children}</div>}
    </header>
  )
}

/** `wide` for pages of tables and traces. */
export function Page({ children, wide = false }: { children: ReactNode; wide?: boolean }) {
  return <div className={clsx('mx-auto w-full px-4 py-5 md:px-8 md:py-7', wide ? 'max-w-[1440px]' : 'max-w-6xl')}>{children}</div>
}

/** A small figure with its name. */
export function Figure({ label, children, title }: { label: string; children: ReactNode; title?: string | undefined }) {
  return (
    <div className="min-w-0" title={title}>
      <dt className="truncate text-xs text-muted">{label}</dt>
      <dd className="truncate tabular-nums">{children}</dd>
    </div>
  )
}
