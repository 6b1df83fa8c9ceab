import clsx from 'clsx'
import { Bot } from 'lucide-react'

const tones = ['bg-accent-soft text-accent', 'bg-info-soft text-info', 'bg-success-soft text-success', 'bg-warning-soft text-warning']

/** Each agent has a colour of its own, by its id. */
export function Avatar({ kind, id, name, small = false }: { kind: string; id: string; name: string; small?: boolean }) {
  const sum = [...id].reduce((total, sign) => total + (sign.codePointAt(0) ?? 0), 0)
  return (
    <span
      aria-hidden
      className={clsx(
        'grid shrink-0 select-none place-items-center rounded-full font-semibold',
        small ? 'size-5 text-[10px]' : 'size-8 text-xs',
        kind === 'agent' ? tones[sum % tones.length] : 'bg-sunken text-muted',
      )}
    >
      {kind === 'agent' ? <Bot className={small ? 'size-3' : 'size-4'} /> : ([...name][0] ?? '').toUpperCase()}
    </span>
  )
}
