import type { CancelRuns, RunSummary } from '@cadre/contract/runs'
import { Square } from 'lucide-react'
import type { Texts } from '../../i18n/en.ts'
import type { Format } from '../../i18n/format.ts'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { useAct } from '../../ui/use-act.ts'
import { Button } from '../../ui/button.tsx'
import { explainError } from '../../ui/error-box.tsx'
import { toast } from '../../ui/toast.ts'

/** Ends runs, and says what came of it. */
export async function cancelMany(which: CancelRuns, texts: Texts, format: Format) {
  const { cancelled, refused, more } = await client.runs.cancelMany(which)
  // What ended by itself meanwhile needs no cancelling.
  const failed = refused.filter(({ code }) => code !== 'RUN_ENDED')
  if (failed.length > 0) toast(texts.again.bulk.refused(format.number(failed.length), failed[0]?.message ?? ''), { tone: 'danger' })
  const said = cancelled.length > 0 ? texts.runs.cancelledMany(format.number(cancelled.length)) : texts.runs.cancelledNone
  toast(more ? `${said} ${texts.again.bulk.more}` : said)
  await queries.invalidateQueries({ queryKey: ['runs'] })
}

/** Ends the chosen ones. */
export function BulkCancel({ runs, onDone }: { runs: RunSummary[]; onDone: () => void }) {
  const texts = useTexts()
  const format = useFormat()
  const { busy, act } = useAct<'cancel'>()
  const cancel = () =>
    act('cancel', async () => {
      try {
        await cancelMany({ ids: runs.map(({ run_id }) => run_id) }, texts, format)
        onDone()
      } catch (error) {
        toast(explainError(error, texts).what, { tone: 'danger' })
      }
    })
  return (
    <span className="col-span-2 flex items-center gap-3 md:col-span-7">
      {texts.runs.selected(format.number(runs.length))}
      <Button size="small" look="danger" busy={busy !== null} onClick={() => void cancel()}>
        <Square aria-hidden />
        {texts.runs.cancelSelected}
      </Button>
    </span>
  )
}
