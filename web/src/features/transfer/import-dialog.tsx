import { agentsFile, type PlannedAgent } from '@cadre/client'
import { useState } from 'react'
import type { Texts } from '../../i18n/en.ts'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { useTransferTexts } from '../../i18n/transfer-texts.ts'
import { client } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogBody, DialogFooter } from '../../ui/dialog.tsx'
import { explainError } from '../../ui/error-box.tsx'
import { Badge } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { agentsChanged } from '../agents/agent-queries.ts'

const tones = { create: 'success', change: 'warning', same: 'neutral', hidden: 'danger' } as const
type Outcome = { error: unknown } | 'done'

/** What a file of agents would do, and then does, one after the other: one that is refused keeps none of the others back. */
export function ImportDialog({ planned, onClose }: { planned: PlannedAgent[]; onClose: () => void }) {
  const texts = useTransferTexts()
  const { common } = useTexts()
  const format = useFormat()
  const [outcomes, setOutcomes] = useState<ReadonlyMap<PlannedAgent, Outcome>>(new Map())
  const [busy, setBusy] = useState(false)
  const wanted = planned.filter((each) => (each.what === 'create' || each.what === 'change') && outcomes.get(each) !== 'done')
  const done = [...outcomes.values()].filter((outcome) => outcome === 'done').length
  const [all, setAll] = useState(0)

  const apply = async () => {
    setBusy(true)
    setAll(done + wanted.length)
    const { applyAgent } = await agentsFile()
    let failed = 0
    for (const each of wanted) {
      const outcome = await applyAgent(client, each).then(
        () => 'done' as const,
        (error: unknown) => ({ error }),
      )
      if (outcome !== 'done') failed++
      setOutcomes((before) => new Map(before).set(each, outcome))
    }
    setBusy(false)
    await agentsChanged()
    if (failed > 0) return
    toast(texts.imported(format.number(done + wanted.length)))
    onClose()
  }

  return (
    <Dialog open onClose={() => !busy && onClose()} title={texts.previewTitle} text={texts.previewText}>
      <DialogBody>
        <ul className="divide-y divide-line rounded-lg border border-line text-[13px]">
          {planned.map((each, i) => (
            // A name may stand twice in a file.
            <Row key={i} agent={each} outcome={outcomes.get(each)} />
          ))}
        </ul>
        {wanted.length === 0 && outcomes.size === 0 && <p className="mt-3 text-[13px] text-muted">{texts.nothing}</p>}
        {outcomes.size > 0 && (
          <div className="mt-3">
            <progress className="w-full accent-accent" value={outcomes.size} max={all} aria-label={texts.previewTitle} />
            <p role="status" className="text-xs text-muted">
              {texts.progress(format.number(done), format.number(all))}
            </p>
          </div>
        )}
      </DialogBody>
      <DialogFooter>
        <Button disabled={busy} onClick={onClose}>
          {outcomes.size > 0 ? common.close : common.cancel}
        </Button>
        {wanted.length > 0 && (
          <Button look="primary" busy={busy} onClick={() => void apply()}>
            {texts.doImport(format.number(wanted.length))}
          </Button>
        )}
      </DialogFooter>
    </Dialog>
  )
}

function Row({ agent: { name, what, changed }, outcome }: { agent: PlannedAgent; outcome: Outcome | undefined }) {
  const texts = useTransferTexts()
  const all = useTexts()
  return (
    <li className="px-3 py-2">
      <p className="flex flex-wrap items-center justify-between gap-2">
        <span className="min-w-0 break-words font-medium">{name}</span>
        <Badge tone={outcome === 'done' ? 'success' : tones[what]}>{outcome === 'done' ? texts.done : texts.what[what]}</Badge>
      </p>
      {what === 'change' && <p className="break-words text-xs text-muted">{texts.changes(changed.join(', '))}</p>}
      {outcome !== undefined && outcome !== 'done' && <p className="break-words text-xs text-danger">{saidOf(outcome.error, all)}</p>}
    </li>
  )
}

function saidOf(error: unknown, texts: Texts) {
  const { what, detail } = explainError(error, texts)
  return detail ?? what
}
