import type { Detected } from '@cadre/contract/providers'
import { useQuery } from '@tanstack/react-query'
import { LoaderCircle } from 'lucide-react'
import { useState } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogBody } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Badge } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { addDetected, detectQuery } from './provider-queries.ts'

/** Asks this machine's well-known addresses, and adds what answers. */
export function DetectDialog({ onClose }: { onClose: () => void }) {
  const texts = useTexts()
  const format = useFormat()
  const { data, error, isFetching, refetch } = useQuery(detectQuery)
  const [refusal, setRefusal] = useState<unknown>(null)
  const add = async (server: Detected) => {
    setRefusal(null)
    try {
      toast(texts.providerForm.added(await addDetected(client, server)))
      await queries.invalidateQueries({ queryKey: ['providers'] })
      await refetch()
    } catch (error) {
      setRefusal(error)
    }
  }
  return (
    <Dialog open onClose={onClose} title={texts.providerForm.detectTitle} text={texts.providerForm.detectText}>
      <DialogBody className="flex flex-col gap-3">
        {isFetching && (
          <p className="flex items-center gap-2 text-[13px] text-muted">
            <LoaderCircle className="size-4 animate-spin" aria-hidden />
            {texts.start.localLooking}
          </p>
        )}
        <ul className="divide-y divide-line">
          {data?.map((server) => (
            <li key={server.base_url} className="flex items-center justify-between gap-3 py-2.5 text-[13px]">
              <div className="min-w-0">
                <p className="font-medium">{server.server ?? texts.providerForm.types[server.type]}</p>
                <p className="truncate text-xs text-muted">
                  {server.base_url}
                  {!server.found && ` · ${texts.providerForm.notFound}`}
                </p>
              </div>
              {server.found &&
                (server.provider === null ? (
                  <Button size="small" onClick={() => void add(server)}>
                    {texts.start.localGo(format.number(server.models.length))}
                  </Button>
                ) : (
                  <Badge>{texts.start.localKnown}</Badge>
                ))}
            </li>
          ))}
        </ul>
        {(error ?? refusal) !== null && <ErrorBox error={error ?? refusal} />}
        <div>
          <Button size="small" busy={isFetching} onClick={() => void refetch()}>
            {texts.start.localAgain}
          </Button>
        </div>
      </DialogBody>
    </Dialog>
  )
}
