import { agentsFile, type PlannedAgent } from '@cadre/client'
import { useQuery } from '@tanstack/react-query'
import { Download, Upload } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTransferTexts } from '../../i18n/transfer-texts.ts'
import { queries } from '../../lib/api.ts'
import { saveFile } from '../../lib/save-file.ts'
import { Button, buttonStyle } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Card } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { useAct } from '../../ui/use-act.ts'
import { meQuery } from '../access/access-queries.ts'
import { agentsQuery, isOwn } from '../agents/agent-queries.ts'
import { exportAddress } from '../settings/person-dialogs.tsx'
import { Section } from '../settings/section.tsx'
import { ImportDialog } from './import-dialog.tsx'

const mostBytes = 20_000_000
const runsAddress = '/api/v1/runs/export?limit=10000'

/** What leaves this workspace as files, and what comes in. */
export function TransferSection() {
  const texts = useTransferTexts()
  const { data: me } = useQuery(meQuery)
  const { busy, error, act } = useAct<'download' | 'read'>()
  const [unreadable, setUnreadable] = useState<string | null>(null)
  const [planned, setPlanned] = useState<PlannedAgent[] | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const known = () => queries.fetchQuery({ ...agentsQuery, staleTime: 0 })

  const download = () =>
    act('download', async () => {
      const agents = (await known()).filter(isOwn)
      if (agents.length === 0) return toast(texts.noAgents)
      const { writeAgentsFile } = await agentsFile()
      saveFile('cadre-agents.json', new Blob([writeAgentsFile(agents)], { type: 'application/json' }))
    })
  const read = (file: File) =>
    act('read', async () => {
      setUnreadable(null)
      if (file.size > mostBytes) return setUnreadable(texts.tooLarge)
      const { planAgents, readAgentsFile } = await agentsFile()
      const fields = await file
        .text()
        .then(readAgentsFile)
        .catch((error: unknown) => setUnreadable(error instanceof Error ? error.message : String(error)))
      if (fields) setPlanned(planAgents(fields, await known()))
    })

  return (
    <div className="flex flex-col gap-7">
      <Section title={texts.agents} text={texts.agentsText}>
        <Card className="flex flex-wrap gap-2 p-4">
          <Button busy={busy === 'download'} onClick={() => void download()}>
            {busy !== 'download' && <Download aria-hidden />}
            {texts.download}
          </Button>
          <Button busy={busy === 'read'} onClick={() => input.current?.click()}>
            {busy !== 'read' && <Upload aria-hidden />}
            {texts.upload}
          </Button>
          <input
            ref={input}
            type="file"
            accept=".json,.yaml,.yml"
            hidden
            aria-label={texts.upload}
            onChange={({ target }) => {
              const file = target.files?.[0]
              // The same file may be chosen again after it was mended.
              target.value = ''
              if (file) void read(file)
            }}
          />
        </Card>
        {unreadable !== null && (
          <div role="alert" className="rounded-lg bg-danger-soft px-4 py-3 text-[13px]">
            <p className="font-semibold">{texts.unreadable}</p>
            <p className="break-words">{unreadable}</p>
          </div>
        )}
        {error !== null && <ErrorBox error={error} />}
      </Section>
      <Section title={texts.runs} text={texts.runsText}>
        <Card className="p-4">
          <a href={runsAddress} download className={buttonStyle()}>
            <Download aria-hidden />
            {texts.downloadRuns}
          </a>
        </Card>
      </Section>
      {me?.user && (
        <Section title={texts.own} text={texts.ownText}>
          <Card className="p-4">
            <a href={exportAddress(me.user.id)} download className={buttonStyle()}>
              <Download aria-hidden />
              {texts.downloadOwn}
            </a>
          </Card>
        </Section>
      )}
      {planned && <ImportDialog planned={planned} onClose={() => setPlanned(null)} />}
    </div>
  )
}
