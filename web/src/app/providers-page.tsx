import type { Model, Provider } from '@cadre/contract/providers'
import { useQuery } from '@tanstack/react-query'
import { Cpu, Plus, Radar } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useMay } from '../features/access/access-queries.ts'
import { Aliases } from '../features/providers/aliases.tsx'
import { ProviderCard } from '../features/providers/provider-card.tsx'
import { modelsQuery, providersQuery } from '../features/providers/provider-queries.ts'
import { useTexts } from '../i18n/texts.ts'
import { useShortcut } from '../lib/use-shortcut.ts'
import { useTitle } from '../lib/use-title.ts'
import { Button } from '../ui/button.tsx'
import { ErrorBox } from '../ui/error-box.tsx'
import { Empty, Page, PageHeader, Skeleton } from '../ui/parts.tsx'

const AddProvider = lazy(() => import('../features/providers/add-provider.tsx').then(({ AddProvider }) => ({ default: AddProvider })))
const Detect = lazy(() => import('../features/providers/detect-dialog.tsx').then(({ DetectDialog }) => ({ default: DetectDialog })))

export function ProvidersPage() {
  const texts = useTexts()
  const { data: providers, error, refetch } = useQuery(providersQuery)
  const { data: models } = useQuery(modelsQuery)
  const [open, setOpen] = useState<{ add: Provider['type'] | null } | 'detect' | null>(null)
  useTitle(texts.providers.title)
  const mayAdd = useMay('providers.add')
  const mayDetect = useMay('providers.detect')
  useShortcut('n', texts.providers.add, texts.shell.groupPage, () => setOpen({ add: null }), mayAdd)
  const usable = providers?.filter((provider) => provider.usable) ?? []
  const others = providers?.filter((provider) => !provider.usable) ?? []
  const modelsOf = (id: string): Model[] => models?.items.filter((model) => model.provider === id) ?? []
  return (
    <Page wide>
      <PageHeader title={texts.providers.title} text={texts.providers.text}>
        {mayDetect && (
          <Button onClick={() => setOpen('detect')}>
            <Radar aria-hidden />
            {texts.providers.detect}
          </Button>
        )}
        {mayAdd && (
          <Button look="primary" onClick={() => setOpen({ add: null })}>
            <Plus aria-hidden />
            {texts.providers.add}
          </Button>
        )}
      </PageHeader>
      {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!providers && !error && <Skeleton rows={8} />}
      {providers?.length === 0 && <Empty icon={Cpu} title={texts.providers.add} />}
      <ul className="grid grid-cols-1 items-start gap-3 lg:grid-cols-2">
        {usable.map((provider, i) => (
          <li key={provider.id} className="min-w-0">
            <ProviderCard
              provider={provider}
              place={i + 1}
              models={modelsOf(provider.id)}
              problem={models?.problems.find((each) => each.provider === provider.id)?.error ?? null}
            />
          </li>
        ))}
      </ul>
      {others.length > 0 && (
        <section className="mt-6">
          <h2 className="mb-2 text-[13px] font-semibold text-muted">{texts.providers.notSetUp}</h2>
          <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
            {others.map((provider) => (
              <li key={provider.id} className="flex flex-wrap items-center justify-between gap-x-4 gap-y-1 px-4 py-2.5 text-[13px]">
                <div className="min-w-0 flex-1 basis-56">
                  <p className="font-medium">{texts.providerForm.types[provider.type]}</p>
                  <p className="break-words text-xs text-muted">{provider.reason}</p>
                </div>
                {mayAdd && (
                  <Button size="small" onClick={() => setOpen({ add: provider.type })}>
                    {texts.providers.setKey}
                  </Button>
                )}
              </li>
            ))}
          </ul>
        </section>
      )}
      <Aliases />
      <Suspense>
        {open === 'detect' && <Detect onClose={() => setOpen(null)} />}
        {open !== null && open !== 'detect' && <AddProvider type={open.add} onClose={() => setOpen(null)} />}
      </Suspense>
    </Page>
  )
}
