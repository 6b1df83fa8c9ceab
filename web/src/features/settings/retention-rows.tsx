import type { KeptFor } from '@cadre/contract/server'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { useFormat } from '../../i18n/texts.ts'
import { client } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Skeleton } from '../../ui/parts.tsx'
import { useMay } from '../access/access-queries.ts'
import { RetentionDialog } from './retention-dialog.tsx'

/** The settings of the operator, by their names in every language. */
const settingOf = { runs: 'CADRE_RUN_DAYS', audit: 'CADRE_AUDIT_DAYS' } as const
export type Retained = keyof typeof settingOf

/** What is kept for as long as somebody says: here, or where the server is set up. Owners of the first workspace change it. */
export function RetentionRows() {
  const mayChange = useMay('server.setRetention')
  const [changing, setChanging] = useState<Retained | null>(null)
  const { data, error, refetch } = useQuery({
    queryKey: ['retention'],
    queryFn: ({ signal }) => client.server.retention(undefined, { signal }),
  })
  if (error)
    return (
      <div className="p-3">
        <ErrorBox error={error} onRetry={() => void refetch()} />
      </div>
    )
  if (!data) return <Skeleton rows={2} />
  return (
    <>
      {(['runs', 'audit'] as const).map((what) => (
        <Row key={what} what={what} kept={data[what]} onChange={mayChange ? () => setChanging(what) : undefined} />
      ))}
      {changing && <RetentionDialog what={changing} kept={data[changing]} onClose={() => setChanging(null)} />}
    </>
  )
}

function Row({ what, kept, onChange }: { what: Retained; kept: KeptFor; onChange: (() => void) | undefined }) {
  const texts = useSettingsTexts()
  const format = useFormat()
  const name = texts.kept[what]
  const days = (count: number | null) => (count === null ? texts.forEver : texts.keptDays(count, format.number(count)))
  const note = {
    default: null,
    configured: texts.setBy(settingOf[what]),
    stored: kept.set_at === null ? null : texts.setHere(format.dateTime(kept.set_at)),
  }[kept.source]
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-2">
      <dt>{name}</dt>
      <dd className="flex flex-wrap items-center gap-x-3 gap-y-1 text-muted">
        <span>
          {days(kept.days)}
          {note !== null && <span className="text-xs"> ({note})</span>}
        </span>
        {kept.source === 'stored' && kept.configured !== null && (
          <span className="text-xs">{texts.insteadOf(settingOf[what], days(kept.configured))}</span>
        )}
        {onChange && (
          <Button size="small" onClick={onChange} aria-label={`${texts.change} ${name}`}>
            {texts.change}
          </Button>
        )}
      </dd>
    </div>
  )
}
