import { useTools } from '@cadre/client/react'
import type { Plugin } from '@cadre/contract/plugins'
import { Link, useNavigate, useParams, useSearch } from '@tanstack/react-router'
import clsx from 'clsx'
import { RefreshCw, Trash2 } from 'lucide-react'
import { lazy, Suspense, useState } from 'react'
import { useMay } from '../features/access/access-queries.ts'
import { EffectBadge } from '../features/tools/effect-badge.tsx'
import { Reach } from '../features/tools/reach.tsx'
import { TryEndpoint } from '../features/tools/try-endpoint.tsx'
import { useFormat, useTexts } from '../i18n/texts.ts'
import { client } from '../lib/api.ts'
import { useTitle } from '../lib/use-title.ts'
import { Button, buttonStyle } from '../ui/button.tsx'
import { ErrorBox } from '../ui/error-box.tsx'
import { Badge, Card, CardTitle, Figure, Page, PageHeader, Skeleton } from '../ui/parts.tsx'
import { toast } from '../ui/toast.ts'
import { Source } from '../ui/value-view.tsx'

/** Few ForgeHooks have it. */
const LifecycleCard = lazy(() => import('../features/tools/lifecycle-card.tsx').then(({ LifecycleCard }) => ({ default: LifecycleCard })))

export function ToolPage() {
  const { pluginId } = useParams({ from: '/tools/$pluginId' })
  const texts = useTexts()
  const { plugins, error, reload } = useTools()
  const plugin = plugins?.find(({ id }) => id === pluginId)
  useTitle(plugin?.name ?? texts.tools.title)
  return (
    <Page wide>
      {error !== null && <ErrorBox error={error} onRetry={() => void reload()} />}
      {!plugins && error === null && <Skeleton rows={8} />}
      {plugins && !plugin && (
        <div>
          <p className="mb-3">{texts.tools.gone}</p>
          <Link to="/tools" className={buttonStyle()}>
            {texts.tools.title}
          </Link>
        </div>
      )}
      {plugin && <OnePlugin key={plugin.id} plugin={plugin} onChange={reload} />}
    </Page>
  )
}

function OnePlugin({ plugin, onChange }: { plugin: Plugin; onChange: () => Promise<void> }) {
  const texts = useTexts()
  const format = useFormat()
  const navigate = useNavigate({ from: '/tools/$pluginId' })
  const { tool } = useSearch({ from: '/tools/$pluginId' })
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const seesLifecycle = useMay('plugins.lifecycle') && Object.keys(plugin.lifecycle ?? {}).length > 0
  const mayRefresh = useMay('plugins.refresh')
  const mayRemove = useMay('plugins.remove')
  const mayApprove = useMay('plugins.approve')
  const mayTry = useMay('plugins.invoke')
  const chosen = plugin.endpoints.find((each) => each.tool === tool) ?? plugin.endpoints[0]

  const act = async (call: () => Promise<unknown>, done: string | null) => {
    setBusy(true)
    setError(null)
    try {
      await call()
      if (done !== null) toast(done)
      await onChange()
    } catch (error) {
      setError(error)
    } finally {
      setBusy(false)
    }
  }
  const remove = () =>
    act(async () => {
      await client.plugins.remove({ id: plugin.id })
      await navigate({ to: '/tools', search: {} })
    }, texts.tools.removed(plugin.name))

  return (
    <>
      <PageHeader
        above={
          <Link to="/tools" className="hover:text-ink">
            {texts.tools.title}
          </Link>
        }
        title={plugin.name}
        text={plugin.description}
      >
        {mayRefresh && plugin.runtime.type === 'mcp' && (
          <Button busy={busy} onClick={() => void act(() => client.plugins.refresh({ id: plugin.id }), null)}>
            <RefreshCw aria-hidden />
            {texts.tools.refresh}
          </Button>
        )}
        {mayRemove && !plugin.bundled && (
          <Button look="danger" busy={busy} onClick={() => void remove()}>
            <Trash2 aria-hidden />
            {texts.common.remove}
          </Button>
        )}
      </PageHeader>
      <div className="flex flex-col gap-4">
        {error !== null && <ErrorBox error={error} />}
        <dl className="grid grid-cols-2 gap-x-6 gap-y-3 rounded-lg border border-line bg-surface px-4 py-3 text-[13px] sm:grid-cols-4">
          <Figure label={texts.tools.runtime}>{texts.tools.runtimes[plugin.runtime.type]}</Figure>
          <Figure label={texts.tools.limits}>{texts.tools.limitTime(format.duration(plugin.limits.timeout_ms))}</Figure>
          <Figure label={texts.tools.manifest}>{texts.tools.version(plugin.version)}</Figure>
          <div className="min-w-0">
            <dt className="mb-0.5 text-xs text-muted">{texts.tools.permissions}</dt>
            <dd className="flex flex-wrap gap-1">
              <Reach plugin={plugin} />
              {isInward(plugin) && texts.tools.permissionNone}
            </dd>
          </div>
        </dl>
        {plugin.pending && (
          <div className="flex flex-wrap items-start justify-between gap-3 rounded-lg border border-warning/40 bg-warning-soft p-4 text-[13px]">
            <div className="min-w-0">
              <p className="font-semibold">{texts.tools.pendingTitle}</p>
              <p>{texts.tools.pendingText}</p>
              <ul className="mt-2">
                {plugin.pending.changes.map(({ tool, change, description }) => (
                  <li key={tool}>
                    <code className="font-mono text-xs">{tool}</code> ({texts.tools.change[change]}): {description}
                  </li>
                ))}
              </ul>
            </div>
            {mayApprove && (
              <Button
                busy={busy}
                onClick={() => void act(() => client.plugins.approve({ id: plugin.id, hash: plugin.pending?.hash ?? '' }), texts.tools.approved)}
              >
                {texts.tools.approve}
              </Button>
            )}
          </div>
        )}
        {seesLifecycle && (
          <Suspense fallback={<Skeleton />}>
            <LifecycleCard pluginId={plugin.id} />
          </Suspense>
        )}
        <div className="grid grid-cols-1 items-start gap-4 lg:grid-cols-[300px_minmax(0,1fr)]">
          <Card className="min-w-0">
            <CardTitle>{texts.tools.endpoints}</CardTitle>
            <ul className="max-h-64 overflow-y-auto p-1.5 lg:max-h-[70dvh]">
              {plugin.endpoints.map((endpoint) => (
                <li key={endpoint.tool}>
                  <Link
                    to="/tools/$pluginId"
                    params={{ pluginId: plugin.id }}
                    search={{ tool: endpoint.tool }}
                    replace
                    aria-current={endpoint === chosen ? 'true' : undefined}
                    className={clsx(
                      'block truncate rounded px-2.5 py-1.5 font-mono text-xs -outline-offset-2',
                      endpoint === chosen ? 'bg-accent-soft text-ink' : 'text-muted hover:bg-sunken hover:text-ink',
                    )}
                  >
                    {endpoint.path.slice(1)}
                  </Link>
                </li>
              ))}
            </ul>
          </Card>
          {chosen && (
            <Card className="min-w-0">
              <CardTitle side={<EffectBadge effect={chosen.effect} />}>
                <span className="font-mono">{chosen.path.slice(1)}</span>
              </CardTitle>
              <div className="flex flex-col gap-4 p-4">
                <p className="whitespace-pre-line text-[13px] text-muted">
                  {chosen.description} {texts.effect[chosen.effect].means}
                </p>
                {mayTry ? <TryEndpoint key={chosen.tool} endpoint={chosen} /> : <Source text={JSON.stringify(chosen.input, null, 2)} />}
                <p>
                  <Badge className="font-mono">{chosen.tool}</Badge>
                </p>
              </div>
            </Card>
          )}
        </div>
      </div>
    </>
  )
}

const isInward = ({ permissions: { network, files, secrets, databases, store } }: Plugin) =>
  [network, files, secrets, databases].every((list) => list.length === 0) && !store
