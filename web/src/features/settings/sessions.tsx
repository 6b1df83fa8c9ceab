import type { Session } from '@cadre/contract/credentials'
import { useQuery } from '@tanstack/react-query'
import { Monitor } from 'lucide-react'
import { useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { useFormat } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { useAct } from '../../ui/use-act.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Badge, Card, Skeleton } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { Ago } from '../runs/run-status.tsx'
import { browserName } from './browser-name.ts'
import { Section } from './section.tsx'

/** Where one is logged in. */
export function Sessions() {
  const texts = useSettingsTexts()
  const { data, error, refetch } = useQuery({
    queryKey: ['sessions'],
    queryFn: async ({ signal }) => (await client.sessions.list(undefined, { signal })).items,
  })
  const [leaving, setLeaving] = useState(false)
  return (
    <Section
      title={texts.sessions}
      text={texts.sessionsText}
      side={
        <Button look="danger" onClick={() => setLeaving(true)}>
          {texts.endAll}
        </Button>
      }
    >
      {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton />}
      {data && (
        <Card>
          <ul className="divide-y divide-line">
            {data.map((session) => (
              <Row key={session.id} session={session} />
            ))}
          </ul>
        </Card>
      )}
      {leaving && (
        <ConfirmDialog
          title={texts.endAllTitle}
          text={texts.endAllText}
          action={texts.endAll}
          onConfirm={async () => {
            await client.sessions.revokeAll()
            location.assign('/login')
          }}
          onClose={() => setLeaving(false)}
        />
      )}
    </Section>
  )
}

function Row({ session: { id, current, ip, user_agent, created_at, last_seen_at, expires_at } }: { session: Session }) {
  const texts = useSettingsTexts()
  const format = useFormat()
  const { busy, error, act } = useAct<'end'>()
  const end = () =>
    act('end', async () => {
      await client.sessions.revoke({ id })
      toast(texts.sessionEnded)
      await queries.invalidateQueries({ queryKey: ['sessions'] })
    })
  return (
    <li className="px-4 py-2.5 text-[13px]">
      <div className="flex items-center justify-between gap-3">
        <div className="flex min-w-0 items-start gap-2.5">
          <Monitor className="mt-0.5 size-4 shrink-0 text-muted" aria-hidden />
          <div className="min-w-0">
            <p className="flex flex-wrap items-center gap-x-2">
              <span className="truncate" title={user_agent ?? undefined}>
                {browserName(user_agent) ?? texts.unknownBrowser}
              </span>
              {current && <Badge tone="success">{texts.thisSession}</Badge>}
            </p>
            <p className="flex flex-wrap gap-x-3 text-xs text-muted">
              <span>{ip}</span>
              <span>
                {texts.lastSeen} <Ago at={last_seen_at} />
              </span>
              <span title={format.exact(created_at)}>{texts.until(format.dateTime(expires_at))}</span>
            </p>
          </div>
        </div>
        {!current && (
          <Button size="small" busy={busy === 'end'} onClick={() => void end()}>
            {texts.endSession}
          </Button>
        )}
      </div>
      {error !== null && <ErrorBox error={error} />}
    </li>
  )
}
