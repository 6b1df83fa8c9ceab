import type { Detected } from '@cadre/contract/providers'
import { useQuery } from '@tanstack/react-query'
import { LoaderCircle } from 'lucide-react'
import { useState } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Card } from '../../ui/parts.tsx'
import { addDetected, detectQuery } from '../providers/provider-queries.ts'

/** Servers of models on this machine, found at their well-known addresses. */
export function LocalModels({ onUse, busy }: { onUse: (provider: string) => void; busy: boolean }) {
  const texts = useTexts()
  const { data, error, isFetching, refetch } = useQuery(detectQuery)
  const [refusal, setRefusal] = useState<unknown>(null)
  const found = data?.filter(({ found }) => found) ?? []
  const use = async (server: Detected) => {
    setRefusal(null)
    try {
      onUse(await addDetected(client, server))
      await queries.invalidateQueries({ queryKey: ['providers'] })
    } catch (error) {
      setRefusal(error)
    }
  }
  return (
    <Card className="p-4">
      <h2 className="font-semibold">{texts.start.localTitle}</h2>
      {isFetching && (
        <p className="mt-1 flex items-center gap-2 text-[13px] text-muted">
          <LoaderCircle className="size-4 animate-spin" aria-hidden />
          {texts.start.localLooking}
        </p>
      )}
      {!isFetching && found.length === 0 && (
        <div className="mt-1 flex flex-wrap items-center justify-between gap-3">
          <p className="min-w-0 flex-1 basis-64 text-[13px] text-muted">{texts.start.localNone}</p>
          <Button size="small" onClick={() => void refetch()}>
            {texts.start.localAgain}
          </Button>
        </div>
      )}
      <ul className="mt-2 flex flex-col gap-2">
        {found.map((server) => (
          <LocalServer key={server.base_url} server={server} busy={busy} onUse={() => void use(server)} />
        ))}
      </ul>
      {(error ?? refusal) !== null && <ErrorBox error={error ?? refusal} onRetry={() => void refetch()} />}
    </Card>
  )
}

function LocalServer({ server, busy, onUse }: { server: Detected; busy: boolean; onUse: () => void }) {
  const texts = useTexts()
  const format = useFormat()
  return (
    <li className="flex flex-wrap items-center justify-between gap-3">
      <div className="min-w-0 flex-1 basis-64 text-[13px]">
        <p className="font-medium">{server.server ?? texts.providerForm.types[server.type]}</p>
        <p className="truncate text-xs text-muted">{server.models.map(({ id }) => id).join(', ') || server.base_url}</p>
      </div>
      <Button size="small" busy={busy} onClick={onUse}>
        {texts.start.localGo(format.number(server.models.length))}
      </Button>
    </li>
  )
}
