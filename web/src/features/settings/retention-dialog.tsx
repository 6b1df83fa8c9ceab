import type { ChosenDays, KeptFor, RetentionChange } from '@cadre/contract/server'
import { useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { useFormat } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { Field, Input, Select } from '../../ui/field.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { toast } from '../../ui/toast.ts'
import type { Retained } from './retention-rows.tsx'

type Props = { what: Retained; kept: KeptFor; onClose: () => void }
type Seen = { days: ChosenDays; change: RetentionChange }

/** First what is wanted, then what that deletes, and only then is it stored. */
export function RetentionDialog({ what, kept, onClose }: Props) {
  const [seen, setSeen] = useState<Seen | null>(null)
  if (seen) return <Confirm what={what} seen={seen} onClose={onClose} />
  return <Choose what={what} kept={kept} onSeen={setSeen} onClose={onClose} />
}

type Choice = 'configured' | 'ever' | 'days'

function Choose({ what, kept, onSeen, onClose }: Props & { onSeen: (seen: Seen) => void }) {
  const texts = useSettingsTexts()
  const format = useFormat()
  const { source, configured } = kept
  const [choice, setChoice] = useState<Choice>(source !== 'stored' ? 'configured' : kept.days === null ? 'ever' : 'days')
  const [days, setDays] = useState(String(kept.days ?? 90))
  const wanted = (): ChosenDays => (choice === 'days' ? Number(days) : choice === 'ever' ? null : 'configured')
  const said = configured === null ? texts.forEver : texts.keptDays(configured, format.number(configured))
  return (
    <FormDialog
      title={texts.changeKept(texts.kept[what])}
      action={texts.seeDeleted}
      disabled={choice === 'days' && !/^\d+$/.test(days)}
      // The next dialog stands in this one's place.
      onClose={() => {}}
      onCancel={onClose}
      onSubmit={async () => {
        const chosen = wanted()
        onSeen({ days: chosen, change: await client.server.setRetention({ [what]: chosen, dry_run: true }) })
      }}
    >
      {(issue) => (
        <div className="grid grid-cols-1 gap-3 sm:grid-cols-2">
          <Field label={texts.keepFor} error={choice === 'days' ? undefined : issue(what)}>
            {(field) => (
              <Select {...field} value={choice} onChange={({ target }) => setChoice(target.value as Choice)}>
                <option value="configured">{texts.asConfigured(said)}</option>
                <option value="ever">{texts.forEver}</option>
                <option value="days">{texts.soManyDays}</option>
              </Select>
            )}
          </Field>
          {choice === 'days' && (
            <Field label={texts.daysKept} error={issue(what)}>
              {(field) => (
                <Input
                  {...field}
                  type="number"
                  inputMode="numeric"
                  required
                  min={1}
                  max={100_000}
                  step={1}
                  value={days}
                  onChange={({ target }) => setDays(target.value)}
                />
              )}
            </Field>
          )}
        </div>
      )}
    </FormDialog>
  )
}

function Confirm({ what, seen: { days, change }, onClose }: { what: Retained; seen: Seen; onClose: () => void }) {
  const texts = useSettingsTexts()
  const format = useFormat()
  const kept = change[what].days
  const { count, more } = change.deletes[what]
  const name = texts.kept[what]
  const shown = kept === null ? texts.forEver : texts.keptDays(kept, format.number(kept))
  const number = more ? texts.moreThan(format.number(count)) : format.number(count)
  return (
    <ConfirmDialog
      title={texts.keepTitle(name, shown)}
      text={count === 0 ? texts.deletesNothing : texts.deletes[what](count, number, shown)}
      action={texts.keepSo}
      danger={count > 0}
      onConfirm={async () => {
        await client.server.setRetention({ [what]: days })
        toast(texts.keptSaved)
        await Promise.all([queries.invalidateQueries({ queryKey: ['retention'] }), queries.invalidateQueries({ queryKey: ['server-settings'] })])
      }}
      onClose={onClose}
    />
  )
}
