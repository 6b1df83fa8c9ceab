import type { Replay } from '@cadre/contract/runs'
import clsx from 'clsx'
import { CircleCheck, TriangleAlert, X } from 'lucide-react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'

/** What came of playing a run again. */
export function ReplayResult({ replay, onClose }: { replay: Replay; onClose: () => void }) {
  const texts = useTexts()
  const format = useFormat()
  const { same, reached, differences, calls, steps, duration_ms } = replay
  const Icon = same ? CircleCheck : TriangleAlert
  return (
    <section className={clsx('flex items-start gap-3 rounded-lg px-4 py-3 text-[13px]', same ? 'bg-success-soft' : 'bg-warning-soft')} role="status">
      <Icon className={clsx('mt-0.5 size-4 shrink-0', same ? 'text-success' : 'text-warning')} aria-hidden />
      <div className="min-w-0 flex-1">
        <h2 className="font-semibold">{texts.again.replay.title}</h2>
        <p>{!same ? texts.again.replay.differs : reached === 'end' ? texts.again.replay.same : texts.again.replay.toJournalsEnd}</p>
        {differences.length > 0 && (
          <ul className="list-disc pl-5">
            {differences.map((each) => (
              <li key={each} className="break-words">
                {each}
              </li>
            ))}
          </ul>
        )}
        <p className="text-muted">
          {texts.again.replay.figures(format.number(calls), format.number(steps), format.duration(duration_ms))}. {texts.again.replay.text}
        </p>
      </div>
      <Button look="ghost" size="smallIcon" aria-label={texts.common.close} onClick={onClose}>
        <X aria-hidden />
      </Button>
    </section>
  )
}
