import clsx from 'clsx'

/** Figures with their names, beside one another. `small` where they are many. */
export function Figures({ figures, small = false }: { figures: readonly (readonly [label: string, value: string])[]; small?: boolean }) {
  return (
    <dl className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border border-line bg-line sm:grid-cols-4">
      {figures.map(([label, value]) => (
        <div key={label} className="bg-surface px-4 py-3">
          <dt className="text-xs text-muted">{label}</dt>
          <dd className={clsx('mt-0.5 font-semibold tabular-nums', small ? 'text-[15px]' : 'text-xl tracking-tight')}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
