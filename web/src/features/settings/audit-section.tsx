import type { AuditEntry } from '@cadre/contract/audit'
import { useNavigate, useSearch } from '@tanstack/react-router'
import { useInfiniteQuery } from '@tanstack/react-query'
import { Download, ScrollText } from 'lucide-react'
import { useRef, useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { saveFile } from '../../lib/save-file.ts'
import { useAct } from '../../ui/use-act.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Opening } from '../../ui/opening.tsx'
import { Card, Empty, Skeleton } from '../../ui/parts.tsx'
import { Source } from '../../ui/value-view.tsx'
import { useMay } from '../access/access-queries.ts'
import { Who } from '../access/who.tsx'
import { Ago } from '../runs/run-status.tsx'
import { AuditFilters } from './audit-filters.tsx'
import { auditQuery, exportAudit } from './audit-queries.ts'
import { readAuditSearch } from './audit-search.ts'
import { Section } from './section.tsx'
import { VerifyAudit } from './verify-audit.tsx'

/** Who did what to what. */
export function AuditSection() {
  const texts = useSettingsTexts()
  const { runs, common } = useTexts()
  const format = useFormat()
  const search = readAuditSearch(useSearch({ strict: false }))
  const navigate = useNavigate({ from: '/settings/$section' })
  const runsServer = useMay('audit.verify')
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useInfiniteQuery(auditQuery(search))
  const [read, setRead] = useState<number | null>(null)
  const stopping = useRef<AbortController | null>(null)
  const { error: failed, act } = useAct<'export'>()
  const entries = data?.pages.flatMap(({ items }) => items)
  const save = async () => {
    const stop = new AbortController()
    stopping.current = stop
    setRead(0)
    await act('export', async () => {
      try {
        saveFile('cadre-audit.ndjson', await exportAudit(search, setRead, stop.signal))
      } catch (error) {
        if (!stop.signal.aborted) throw error
      }
    })
    setRead(null)
  }
  return (
    <Section
      title={texts.sections.audit}
      text={texts.auditText}
      side={
        <>
          <Button busy={read !== null} onClick={() => void save()}>
            {read === null && <Download aria-hidden />}
            {read === null ? texts.exportAudit : texts.exportedSoFar(format.number(read))}
          </Button>
          {read !== null && <Button onClick={() => stopping.current?.abort()}>{common.cancel}</Button>}
        </>
      }
    >
      {failed !== null && <ErrorBox error={failed} />}
      {runsServer && <VerifyAudit />}
      <AuditFilters search={search} onChange={(change) => void navigate({ search: (before) => ({ ...before, ...change }), replace: true })} />
      {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!entries && !error && <Skeleton rows={8} />}
      {entries && (
        <Card className="overflow-hidden">
          {entries.length === 0 && <Empty icon={ScrollText} title={texts.noEntries} />}
          <ul className="divide-y divide-line">
            {entries.map((entry) => (
              <Entry key={entry.seq} entry={entry} />
            ))}
          </ul>
        </Card>
      )}
      {hasNextPage && (
        <div className="flex justify-center">
          <Button busy={isFetchingNextPage} onClick={() => void fetchNextPage()}>
            {runs.loadMore}
          </Button>
        </div>
      )}
    </Section>
  )
}

function Entry({ entry }: { entry: AuditEntry }) {
  const { actor_id, action, target_type, target_id, at } = entry
  return (
    <li>
      <Opening
        className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5"
        summary={
          <>
            <code className="font-mono text-xs font-medium">{action}</code>
            <span className="min-w-0 flex-1 basis-40 truncate text-muted">{target_id !== null && `${target_type ?? ''} ${target_id}`.trim()}</span>
            <span className="max-w-44 truncate">
              <Who id={actor_id} />
            </span>
            <span className="whitespace-nowrap text-xs text-muted">
              <Ago at={at} />
            </span>
          </>
        }
      >
        <div className="px-4 pb-3">
          <Source text={JSON.stringify(entry, null, 2)} />
        </div>
      </Opening>
    </li>
  )
}
