import type { HooksImported, ImportedHook, ImportHooksInput } from '@cadre/contract/plugin-transfer'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { useTransferTexts } from '../../i18n/transfer-texts.ts'
import { client } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogBody, DialogFooter } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Field, Select } from '../../ui/field.tsx'
import { Skeleton } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { useAct } from '../../ui/use-act.ts'
import { HookRow } from './hook-row.tsx'

type Conflict = NonNullable<ImportHooksInput['on_conflict']>
type Props = {
  forgehooks: Record<string, unknown>[]
  hasAgents: boolean
  /** Told of those that go by another id here. */
  onDone: (renamed: ReadonlyMap<string, string>) => void
  onClose: () => void
}
type Values = Record<string, Record<string, string>>

/** What the ForgeHooks of a file would do here and what they ask for; then what became of each. */
export function HooksImportDialog({ forgehooks, hasAgents, onDone, onClose }: Props) {
  const texts = useTransferTexts().hooks
  const { common } = useTexts()
  const format = useFormat()
  const file = useId()
  const [on_conflict, setConflict] = useState<Conflict>('skip')
  const [allowed, setAllowed] = useState<ReadonlySet<string>>(new Set())
  const [values, setValues] = useState<Values>({})
  const [result, setResult] = useState<HooksImported | null>(null)
  const { busy, error, act } = useAct<'import'>()
  const wanted = { format: 'cadre-workspace-1' as const, forgehooks, on_conflict }
  const seen = useQuery({
    queryKey: ['import-hooks', file, on_conflict],
    queryFn: ({ signal }) => client.plugins.import({ ...wanted, dry_run: true }, { signal }),
    placeholderData: keepPreviousData,
    staleTime: Infinity,
    gcTime: 0,
    retry: false,
  })
  const items = (result ?? seen.data)?.items
  const ready = items?.filter((item) => isReady(item, allowed, values)) ?? []

  const submit = () =>
    act('import', async () => {
      const approve = Object.fromEntries(ready.flatMap(({ id, hash }) => (id !== null && hash !== null && allowed.has(id) ? [[id, hash]] : [])))
      const secrets = Object.fromEntries(ready.flatMap(({ id }) => (id !== null && values[id] ? [[id, values[id]]] : [])))
      const done = await client.plugins.import({ ...wanted, approve, secrets })
      setResult(done)
      const count = done.items.filter(({ outcome }) => outcome === 'made' || outcome === 'changed').length
      if (count > 0) toast(texts.imported(format.number(count)))
    })
  const goOn = () =>
    onDone(
      new Map(items?.flatMap(({ id, here, outcome }) => (outcome === 'made' && id !== null && here !== null && id !== here ? [[id, here]] : []))),
    )

  return (
    <Dialog open onClose={() => busy === null && onClose()} title={texts.title} text={texts.text}>
      <DialogBody className="flex flex-col gap-3.5">
        {!result && (
          <Field label={texts.conflict}>
            {(field) => (
              <Select {...field} value={on_conflict} onChange={({ target }) => setConflict(target.value as Conflict)}>
                {(['skip', 'rename', 'replace'] as const).map((each) => (
                  <option key={each} value={each}>
                    {texts.conflicts[each]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        )}
        {seen.error && <ErrorBox error={seen.error} onRetry={() => void seen.refetch()} />}
        {!items && !seen.error && <Skeleton rows={3} />}
        {items && (
          <ul className="divide-y divide-line rounded-lg border border-line text-[13px]">
            {items.map((item) => (
              <HookRow
                key={item.index}
                item={item}
                isDone={result !== null}
                isReady={ready.includes(item)}
                isAllowed={item.id !== null && allowed.has(item.id)}
                values={values[item.id ?? ''] ?? {}}
                onAllow={(on) => setAllowed(withOne(allowed, item.id ?? '', on))}
                onValue={(name, value) => setValues({ ...values, [item.id ?? '']: { ...values[item.id ?? ''], [name]: value } })}
              />
            ))}
          </ul>
        )}
        {error !== null && <ErrorBox error={error} />}
      </DialogBody>
      <DialogFooter>
        <Button disabled={busy !== null} onClick={onClose}>
          {result ? common.close : common.cancel}
        </Button>
        {!result && ready.length > 0 && (
          <Button look="primary" busy={busy !== null} disabled={seen.isFetching} onClick={() => void submit()}>
            {texts.doImport(format.number(ready.length))}
          </Button>
        )}
        {hasAgents && items && (result || ready.length === 0) && (
          <Button look="primary" onClick={goOn}>
            {texts.toAgents}
          </Button>
        )}
      </DialogFooter>
    </Dialog>
  )
}

/** Whether it comes in by what is allowed and given by now. */
function isReady({ outcome, reason, id, asks, needs }: ImportedHook, allowed: ReadonlySet<string>, values: Values): boolean {
  if (outcome === 'made' || outcome === 'changed') return true
  if (id === null || (reason?.code !== 'approval_needed' && reason?.code !== 'secrets_needed')) return false
  return (asks.length === 0 || allowed.has(id)) && needs.every((name) => (values[id]?.[name] ?? '') !== '')
}

function withOne(all: ReadonlySet<string>, one: string, on: boolean): ReadonlySet<string> {
  const next = new Set(all)
  if (on) next.add(one)
  else next.delete(one)
  return next
}
