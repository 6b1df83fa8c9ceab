import clsx from 'clsx'
import { type ComponentProps, type ReactNode, useId } from 'react'
import { useTexts } from '../i18n/texts.ts'

const box =
  'w-full rounded-md border border-field-line/60 bg-surface text-ink placeholder:text-muted hover:border-field-line aria-invalid:border-danger disabled:opacity-60'

export type FieldProps = { id: string; 'aria-describedby': string | undefined; 'aria-invalid': true | undefined; 'aria-required': true | undefined }

/** A label, what it is about, the field, and what is wrong with it. The child is given what ties them together. */
export function Field(props: {
  label: string
  hint?: ReactNode
  error?: string | undefined
  required?: boolean
  className?: string
  side?: ReactNode
  children: (field: FieldProps) => ReactNode
}) {
  const { label, hint, error, required, className, side, children } = props
  const id = useId()
  const texts = useTexts()
  const told = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ') || undefined
  return (
    <div className={clsx('flex min-w-0 flex-col gap-1', className)}>
      <div className="flex items-baseline justify-between gap-2">
        <label htmlFor={id} className="text-[13px] font-medium">
          {label}
          {required === false && <span className="ml-1.5 font-normal text-muted">{texts.common.optional}</span>}
        </label>
        {side}
      </div>
      {children({ id, 'aria-describedby': told, 'aria-invalid': error ? true : undefined, 'aria-required': required ? true : undefined })}
      {hint && (
        <p id={`${id}-hint`} className="text-xs text-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="text-xs text-danger">
          {error}
        </p>
      )}
    </div>
  )
}

export function Input({ className, ...rest }: ComponentProps<'input'>) {
  return <input className={clsx(box, 'h-8 px-2.5', className)} {...rest} />
}

/** It grows with what is written, where the browser can. */
export function TextArea({ className, ...rest }: ComponentProps<'textarea'>) {
  return <textarea className={clsx(box, 'field-sizing-content max-h-96 min-h-20 px-2.5 py-1.5 leading-normal', className)} {...rest} />
}

export function Select({ className, ...rest }: ComponentProps<'select'>) {
  return <select className={clsx(box, 'h-8 px-2', className)} {...rest} />
}

export function Check({ label, hint, className, ...rest }: ComponentProps<'input'> & { label: ReactNode; hint?: ReactNode }) {
  return (
    <label className={clsx('flex items-start gap-2 text-[13px]', className)}>
      <input type="checkbox" className="mt-0.5 size-4 shrink-0 accent-accent" {...rest} />
      <span className="min-w-0">
        {label}
        {hint && <span className="block text-xs text-muted">{hint}</span>}
      </span>
    </label>
  )
}
