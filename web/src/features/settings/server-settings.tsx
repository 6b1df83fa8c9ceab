import { useQuery } from '@tanstack/react-query'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { useFormat } from '../../i18n/texts.ts'
import { client } from '../../lib/api.ts'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Card, Figure, Skeleton } from '../../ui/parts.tsx'
import { RetentionRows } from './retention-rows.tsx'
import { Section } from './section.tsx'

/** The same in every language. */
const names = { sqlite: 'SQLite', postgres: 'PostgreSQL' }
const fixed = ['deleted_conversations', 'unsent_uploads', 'jobs', 'machine', 'counts_by_minute', 'counts_by_hour', 'budget_counters'] as const

/** How long things are kept, and what the operator set, which is changed where the server is set up. */
export function ServerSettings() {
  const texts = useSettingsTexts()
  const format = useFormat()
  const { data, error, refetch } = useQuery({
    queryKey: ['server-settings'],
    queryFn: ({ signal }) => client.server.settings(undefined, { signal }),
  })
  const days = (count: number) => texts.keptDays(count, format.number(count))
  return (
    <>
      <Section title={texts.retention} text={texts.retentionText}>
        {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Skeleton rows={6} />}
        {data && (
          <Card>
            <dl className="divide-y divide-line text-[13px]">
              <RetentionRows />
              <Kept name={texts.kept.messages} time={texts.asConversation} />
              {fixed.map((what) => (
                <Kept key={what} name={texts.kept[what]} time={days(data.retention[what])} />
              ))}
            </dl>
          </Card>
        )}
      </Section>
      {data && (
        <Section title={texts.howSet} text={texts.howSetText}>
          <Card className="p-4">
            <dl className="grid grid-cols-2 gap-3 text-[13px] sm:grid-cols-4">
              <Figure label={texts.set.database}>{names[data.database]}</Figure>
              <Figure label={texts.set.workers}>{format.number(data.workers)}</Figure>
              <Figure label={texts.set.concurrency}>{format.number(data.concurrency)}</Figure>
              <Figure label={texts.set.log_level}>{data.log_level}</Figure>
            </dl>
          </Card>
        </Section>
      )}
    </>
  )
}

function Kept({ name, time }: { name: string; time: string }) {
  return (
    <div className="flex flex-wrap items-baseline justify-between gap-x-4 px-4 py-2">
      <dt>{name}</dt>
      <dd className="text-muted">{time}</dd>
    </div>
  )
}
