import { Link, useParams } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { type ComponentType, lazy, Suspense } from 'react'
import { meQuery } from '../features/access/access-queries.ts'
import { type SectionName, sectionsFor } from '../features/settings/settings-sections.ts'
import { useSettingsTexts } from '../i18n/settings-texts.ts'
import { useTexts } from '../i18n/texts.ts'
import { useTitle } from '../lib/use-title.ts'
import { ErrorBox } from '../ui/error-box.tsx'
import { Page, PageHeader, Skeleton } from '../ui/parts.tsx'

const sections: Record<SectionName, ComponentType> = {
  account: lazy(() => import('../features/settings/account-section.tsx').then(({ AccountSection }) => ({ default: AccountSection }))),
  appearance: lazy(() => import('../features/settings/appearance-section.tsx').then(({ AppearanceSection }) => ({ default: AppearanceSection }))),
  people: lazy(() => import('../features/settings/people-section.tsx').then(({ PeopleSection }) => ({ default: PeopleSection }))),
  workspaces: lazy(() => import('../features/settings/workspaces-section.tsx').then(({ WorkspacesSection }) => ({ default: WorkspacesSection }))),
  grants: lazy(() => import('../features/settings/grants-section.tsx').then(({ GrantsSection }) => ({ default: GrantsSection }))),
  keys: lazy(() => import('../features/settings/keys-section.tsx').then(({ KeysSection }) => ({ default: KeysSection }))),
  connections: lazy(() => import('../features/settings/connections-section.tsx').then(({ ConnectionsSection }) => ({ default: ConnectionsSection }))),
  audit: lazy(() => import('../features/settings/audit-section.tsx').then(({ AuditSection }) => ({ default: AuditSection }))),
  transfer: lazy(() => import('../features/transfer/transfer-section.tsx').then(({ TransferSection }) => ({ default: TransferSection }))),
  logs: lazy(() => import('../features/logs/logs-section.tsx').then(({ LogsSection }) => ({ default: LogsSection }))),
  server: lazy(() => import('../features/settings/server-section.tsx').then(({ ServerSection }) => ({ default: ServerSection }))),
}

export function SettingsPage() {
  return (
    <Suspense>
      <Settings />
    </Suspense>
  )
}

function Settings() {
  const texts = useSettingsTexts()
  const { common } = useTexts()
  const { section = 'account' } = useParams({ strict: false })
  const { data: me, error, refetch } = useQuery(meQuery)
  const names = me ? sectionsFor(me) : []
  const name = names.find((each) => each === section)
  const Section = name && sections[name]
  useTitle(name ? texts.sections[name] : texts.title)
  return (
    <Page wide>
      <PageHeader title={texts.title} />
      {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!me && !error && <Skeleton rows={6} />}
      {me && (
        <div className="grid grid-cols-1 gap-5 lg:grid-cols-[11rem_minmax(0,1fr)] lg:gap-8">
          <nav aria-label={texts.title} className="flex flex-wrap content-start gap-1 lg:sticky lg:top-7 lg:flex-col lg:self-start">
            {names.map((each) => (
              <Link
                key={each}
                to="/settings/$section"
                params={{ section: each }}
                className={`flex h-8 items-center rounded-md px-2.5 text-[13px] font-medium ${each === name ? 'bg-line/70 text-ink' : 'text-muted hover:bg-sunken hover:text-ink'}`}
                aria-current={each === name ? 'page' : undefined}
              >
                {texts.sections[each]}
              </Link>
            ))}
          </nav>
          <div className="min-w-0 max-w-4xl">
            {Section ? (
              <Suspense fallback={<Skeleton rows={6} />}>
                <Section />
              </Suspense>
            ) : (
              <p className="text-[13px] text-muted">{common.notFound}</p>
            )}
          </div>
        </div>
      )}
    </Page>
  )
}
