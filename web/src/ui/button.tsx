import { cva, type VariantProps } from 'class-variance-authority'
import clsx from 'clsx'
import { LoaderCircle } from 'lucide-react'
import type { ComponentProps } from 'react'

export const buttonStyle = cva(
  'inline-flex shrink-0 select-none items-center justify-center gap-1.5 whitespace-nowrap rounded-md font-medium transition-colors disabled:pointer-events-none disabled:opacity-50 aria-disabled:opacity-50 [&_svg]:size-4 [&_svg]:shrink-0',
  {
    variants: {
      look: {
        primary: 'bg-accent text-on-accent hover:bg-accent/90',
        plain: 'border border-line bg-surface text-ink hover:bg-sunken',
        ghost: 'text-muted hover:bg-sunken hover:text-ink',
        /** The pressed one of several that lie on the page, or in a trough. */
        on: 'bg-sunken text-ink',
        raised: 'bg-surface text-ink shadow-sm',
        danger: 'border border-line bg-surface text-danger hover:bg-danger-soft',
      },
      size: { small: 'h-7 px-2 text-xs', normal: 'h-8 px-3 text-[13px]', icon: 'size-8', smallIcon: 'size-7' },
    },
    defaultVariants: { look: 'plain', size: 'normal' },
  },
)

type Props = ComponentProps<'button'> & VariantProps<typeof buttonStyle> & { busy?: boolean }

/** `busy` keeps its place and its focus, and does nothing more until the first press is done. */
export function Button({ look, size, busy = false, className, children, type = 'button', onClick, ...rest }: Props) {
  return (
    <button
      type={type}
      className={clsx(buttonStyle({ look, size }), className)}
      aria-disabled={busy || undefined}
      aria-busy={busy || undefined}
      onClick={busy ? (event) => event.preventDefault() : onClick}
      {...rest}
    >
      {busy && <LoaderCircle className="animate-spin" aria-hidden />}
      {children}
    </button>
  )
}
