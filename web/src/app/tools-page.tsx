import { useTools } from '@cadre/client/react'
import type { Plugin } from '@cadre/contract/plugins'
import { Link, useLocation, useNavigate, useSearch } from '@tanstack/react-router'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { Plus, Wrench } from 'lucide-react'
import { lazy, Suspense, useDeferredValue, useRef } from 'react'
import { useMay } from '../features/access/access-queries.ts'
import { EffectBadge } from '../features/tools/effect-badge.tsx'
import { Reach } from '../features/tools/reach.tsx'
import { useFormat, useTexts } from '../i18n/texts.ts'
import { client } from '../lib/api.ts'
import { useRowKeys } from '../lib/use-row-keys.ts'
import { useShortcut } from '../lib/use-shortcut.ts'
import { useTitle } from '../lib/use-title.ts'
import { Button } from '../ui/button.tsx'
import { ErrorBox } from '../ui/error-box.tsx'
import { Input } from '../ui/field.tsx'
import { Badge, Card, Empty, Page, PageHeader, Skeleton } from '../ui/parts.tsx'

const AddTool = lazy(() => import('../features/tools/add-tool.tsx').then(({ AddTool }) => ({ default: AddTool })))

export function ToolsPage() {
  const texts = useTexts()
  const { q = '' } = useSearch({ from: '/tools' })
  const { hash } = useLocation()
  const navigate = useNavigate({ from: '/tools' })
  const { plugins, error, reload } = useTools()
  const field = useRef<HTMLInputElement>(null)
  const list = useRowKeys<HTMLDivElement>()
  useTitle(texts.tools.title)
  useShortcut('/', texts.shell.focusSearch, texts.shell.groupPage, () => field.current?.focus())
  const mayAdd = useMay('plugins.add')
  useShortcut('n', texts.tools.add, texts.shell.groupPage, () => void navigate({ hash: 'add' }), mayAdd)
  return (
    <Page wide>
      <PageHeader title={texts.tools.title} text={texts.tools.text}>
        {mayAdd && (
          <Button look="primary" onClick={() => void navigate({ hash: 'add', search: (before) => before })}>
            <Plus aria-hidden />
            {texts.tools.add}
          </Button>
        )}
      </PageHeader>
      <Input
        ref={field}
        type="search"
        aria-label={texts.tools.find}
        placeholder={texts.tools.find}
        className="mb-3 max-w-sm"
        value={q}
        onChange={(event) => void navigate({ search: { q: event.target.value || undefined }, replace: true })}
      />
      {error !== null && <ErrorBox error={error} onRetry={() => void reload()} />}
      {!plugins && error === null && <Skeleton rows={8} />}
      <div ref={list}>{q.trim() !== '' ? <Found words={q.trim()} /> : plugins && <Catalogue plugins={plugins} />}</div>
      <Suspense>
        {hash === 'add' && mayAdd && (
          <AddTool
            onClose={() => void navigate({ hash: '', search: (before) => before, replace: true })}
            onAdded={(id) => void reload().then(() => navigate({ to: '/tools/$pluginId', params: { pluginId: id } }))}
          />
        )}
      </Suspense>
    </Page>
  )
}

function Catalogue({ plugins }: { plugins: Plugin[] }) {
  const texts = useTexts()
  const format = useFormat()
  return (
    <ul className="grid grid-cols-1 gap-3 sm:grid-cols-2 xl:grid-cols-3">
      {plugins.map((plugin) => (
        <li key={plugin.id}>
          <Card className="relative flex h-full flex-col gap-2 p-4 transition-colors focus-within:border-accent hover:border-field-line">
            <h2 className="font-semibold">
              <Link
                to="/tools/$pluginId"
                params={{ pluginId: plugin.id }}
                data-row
                className="outline-none after:absolute after:inset-0 after:rounded-lg"
              >
                {plugin.name}
              </Link>
            </h2>
            <p className="line-clamp-3 break-words text-[13px] leading-5 text-muted">{plugin.description}</p>
            <div className="mt-auto flex flex-wrap gap-1.5 pt-1">
              <Badge>{texts.counts.tools(plugin.endpoints.length, format.number(plugin.endpoints.length))}</Badge>
              <Reach plugin={plugin} />
              {!plugin.bundled && <Badge tone="accent">{plugin.runtime.type}</Badge>}
              {plugin.pending && <Badge tone="warning">{texts.tools.approve}</Badge>}
            </div>
          </Card>
        </li>
      ))}
    </ul>
  )
}

/** The server's own search: by what tools do, not by their names alone. */
function Found({ words }: { words: string }) {
  const texts = useTexts()
  const q = useDeferredValue(words)
  const { data, error, refetch } = useQuery({
    queryKey: ['tools', 'search', q],
    queryFn: async ({ signal }) => (await client.tools.search({ q, limit: 40 }, { signal })).items,
    placeholderData: keepPreviousData,
  })
  if (error) return <ErrorBox error={error} onRetry={() => void refetch()} />
  if (!data) return <Skeleton rows={6} />
  if (data.length === 0) return <Empty icon={Wrench} title={texts.tools.noMatch} text={texts.tools.noMatchText} />
  return (
    <Card>
      <ul className="divide-y divide-line">
        {data.map(({ tool, plugin, description, effect }) => (
          <li key={tool} className="relative flex items-start justify-between gap-3 px-4 py-2.5 text-[13px] hover:bg-sunken/50">
            <div className="min-w-0">
              <Link
                to="/tools/$pluginId"
                params={{ pluginId: plugin }}
                search={{ tool }}
                data-row
                className="break-words font-mono text-xs font-medium after:absolute after:inset-0"
              >
                {tool}
              </Link>
              <p className="line-clamp-2 text-muted">{description}</p>
            </div>
            <span className="relative z-10 shrink-0">
              <EffectBadge effect={effect} />
            </span>
          </li>
        ))}
      </ul>
    </Card>
  )
}
