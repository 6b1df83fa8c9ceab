import type { ImportedHook } from '@cadre/contract/plugin-transfer'
import { useTransferTexts } from '../../i18n/transfer-texts.ts'
import { Check, Field, Input } from '../../ui/field.tsx'
import { Badge } from '../../ui/parts.tsx'

const tones = { made: 'success', changed: 'warning', same: 'neutral', skipped: 'neutral', refused: 'danger' } as const

type Props = {
  item: ImportedHook
  isDone: boolean
  isReady: boolean
  isAllowed: boolean
  values: Record<string, string>
  onAllow: (on: boolean) => void
  onValue: (name: string, value: string) => void
}

/** One ForgeHook of a file: what would become of it, or did, and what it takes for that. */
export function HookRow({ item, isDone, isReady, isAllowed, values, onAllow, onValue }: Props) {
  const texts = useTransferTexts().hooks
  const { index, id, here, outcome, reason, asks, needs } = item
  const isOpen = !isDone && id !== null && (reason?.code === 'approval_needed' || reason?.code === 'secrets_needed')
  const name = id ?? `[${index}]`
  return (
    <li className="flex flex-col gap-2 px-3 py-2">
      <p className="flex flex-wrap items-center justify-between gap-2">
        <code className="min-w-0 break-all font-mono text-xs font-semibold">{name}</code>
        <Badge tone={isOpen ? (isReady ? 'success' : 'warning') : tones[outcome]}>
          {isDone ? texts.done[outcome] : !isOpen ? texts.outcome[outcome] : isReady ? texts.ready : texts.waits}
        </Badge>
      </p>
      {here !== null && here !== id && <p className="text-xs text-muted">{texts.hereAs(here)}</p>}
      {reason && !(isOpen && isReady) && (
        <div className="text-xs">
          <p className={isOpen ? 'text-ink' : 'text-danger'}>{texts.why[reason.code]}</p>
          {!isOpen && <p className="break-words text-muted">{reason.message}</p>}
        </div>
      )}
      {!isDone && asks.length > 0 && (
        <div className="text-xs">
          <p className="font-medium">{texts.asksFor}</p>
          <ul className="flex flex-col gap-0.5">
            {asks.map(({ what, value }) => (
              <li key={`${what} ${value}`} className="flex flex-wrap gap-x-1.5">
                <span>{texts.asks[what]}</span>
                {what !== 'store' && <code className="min-w-0 break-all font-mono">{value}</code>}
              </li>
            ))}
          </ul>
          {isOpen && <Check className="mt-1.5" label={texts.allow(name)} checked={isAllowed} onChange={({ target }) => onAllow(target.checked)} />}
        </div>
      )}
      {isOpen && needs.length > 0 && (
        <div className="flex flex-col gap-2">
          <p className="text-xs text-muted">{texts.valuesHint}</p>
          {needs.map((each) => (
            <Field key={each} label={texts.value(each)}>
              {(field) => (
                <Input
                  {...field}
                  type="password"
                  autoComplete="off"
                  maxLength={8_000}
                  value={values[each] ?? ''}
                  onChange={({ target }) => onValue(each, target.value)}
                />
              )}
            </Field>
          ))}
        </div>
      )}
    </li>
  )
}
