import { agentsFile, type PlannedAgent, type WorkspaceFile, workspaceFile } from '@cadre/client'
import { useQuery } from '@tanstack/react-query'
import { Download, Upload } from 'lucide-react'
import { useRef, useState } from 'react'
import { useTransferTexts } from '../../i18n/transfer-texts.ts'
import { client, queries } from '../../lib/api.ts'
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
import { HooksImportDialog } from './hooks-import-dialog.tsx'
import { ImportDialog } from './import-dialog.tsx'

const mostBytes = 20_000_000
const runsAddress = '/api/v1/runs/export?limit=10000'

/** What leaves this workspace as files, and what comes in. */
export function TransferSection() {
  const texts = useTransferTexts()
  const { data: me } = useQuery(meQuery)
  const { busy, error, act } = useAct<'download' | 'read'>()
  const [unreadable, setUnreadable] = useState<string | null>(null)
  const [opened, setOpened] = useState<WorkspaceFile | null>(null)
  const [planned, setPlanned] = useState<PlannedAgent[] | null>(null)
  const input = useRef<HTMLInputElement>(null)
  const known = () => queries.fetchQuery({ ...agentsQuery, staleTime: 0 })

  const download = () =>
    act('download', async () => {
      const agents = (await known()).filter(isOwn)
      const { forgehooks } = await client.plugins.export({})
      if (agents.length === 0 && forgehooks.length === 0) return toast(texts.nothingThere)
      const { writeWorkspaceFile } = await workspaceFile()
      saveFile('cadre-workspace.json', new Blob([writeWorkspaceFile(agents, forgehooks)], { type: 'application/json' }))
    })
  const read = (file: File) =>
    act('read', async () => {
      setUnreadable(null)
      if (file.size > mostBytes) return setUnreadable(texts.tooLarge)
      const { readWorkspaceFile } = await workspaceFile()
      const read = await file
        .text()
        .then(readWorkspaceFile)
        .catch((error: unknown) => setUnreadable(error instanceof Error ? error.message : String(error)))
      if (!read) return
      if (read.forgehooks.length > 0) setOpened(read)
      else await plan(read.agents)
    })
  const plan = async (agents: WorkspaceFile['agents']) => {
    const { planAgents } = await agentsFile()
    setPlanned(planAgents(agents, await known()))
  }
  /** ForgeHooks come first: agents name them, also those that go by another id here. */
  const goOn = (file: WorkspaceFile, renamed: ReadonlyMap<string, string>) =>
    act('read', async () => {
      setOpened(null)
      if (file.agents.length === 0) return
      const { withRenamedTools } = await workspaceFile()
      await plan(file.agents.map((fields) => withRenamedTools(fields, renamed)))
    })

  return (
    <div className="flex flex-col gap-7">
      <Section title={texts.workspace} text={texts.workspaceText}>
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
      {opened && (
        <HooksImportDialog
          forgehooks={opened.forgehooks}
          hasAgents={opened.agents.length > 0}
          onDone={(renamed) => void goOn(opened, renamed)}
          onClose={() => setOpened(null)}
        />
      )}
      {planned && <ImportDialog planned={planned} onClose={() => setPlanned(null)} />}
    </div>
  )
}
