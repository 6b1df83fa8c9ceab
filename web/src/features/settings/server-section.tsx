import { useQuery } from '@tanstack/react-query'
import { RefreshCw } from 'lucide-react'
import { useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { useFormat } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Badge, Card, Empty, Skeleton } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { useMay } from '../access/access-queries.ts'
import { Section } from './section.tsx'
import { ServerSettings } from './server-settings.tsx'

/** What is about the whole server: for owners and admins of the first workspace. Its keys are the owners'. */
export function ServerSection() {
  const runsServer = useMay('signingKeys.list')
  return (
    <div className="flex flex-col gap-7">
      <ServerSettings />
      {runsServer && <SigningKeys />}
    </div>
  )
}

function SigningKeys() {
  const texts = useSettingsTexts()
  const format = useFormat()
  const { data, error, refetch } = useQuery({
    queryKey: ['signing-keys'],
    queryFn: async ({ signal }) => (await client.signingKeys.list(undefined, { signal })).items,
  })
  const [rotating, setRotating] = useState(false)
  return (
    <>
      <Section
        title={texts.signingKeys}
        text={texts.signingKeysText}
        side={
          <Button onClick={() => setRotating(true)}>
            <RefreshCw aria-hidden />
            {texts.rotate}
          </Button>
        }
      >
        {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
        {!data && !error && <Skeleton />}
        {data && (
          <Card>
            {data.length === 0 && <Empty icon={RefreshCw} title={texts.noSigningKeys} text={texts.noSigningKeysText} />}
            <ul className="divide-y divide-line">
              {data.map(({ id, algorithm, created_at, retired_at }) => (
                <li key={id} className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-[13px]">
                  <code className="min-w-0 flex-1 break-all font-mono text-xs">{id}</code>
                  <span className="text-xs text-muted">{algorithm}</span>
                  <span className="text-xs text-muted" title={format.exact(created_at)}>
                    {format.dateTime(created_at)}
                  </span>
                  <Badge tone={retired_at === null ? 'success' : 'neutral'}>{retired_at === null ? texts.signs : texts.retired}</Badge>
                </li>
              ))}
            </ul>
          </Card>
        )}
      </Section>
      {rotating && (
        <ConfirmDialog
          title={texts.rotateTitle}
          text={texts.rotateText}
          action={texts.rotate}
          onConfirm={async () => {
            await client.signingKeys.rotate()
            toast(texts.rotated)
            await queries.invalidateQueries({ queryKey: ['signing-keys'] })
          }}
          onClose={() => setRotating(false)}
        />
      )}
    </>
  )
}
