import { useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import type { RunDraft } from '../runs/run-form.tsx'
import { startersFor } from './starters.ts'

/** Tasks to begin with: a press fills the form in. */
export function Starters({ tools, onChoose }: { tools: string[]; onChoose: (draft: RunDraft) => void }) {
  const texts = useTexts()
  const starters = startersFor(tools, texts)
  if (starters.length === 0) return null
  return (
    <div className="mt-4 flex flex-wrap items-center gap-1.5">
      <span className="text-xs text-muted">{texts.runForm.examples}</span>
      {starters.map((starter) => (
        <Button key={starter.input} size="small" className="max-w-full !shrink" onClick={() => onChoose(starter)}>
          <span className="truncate">{starter.input}</span>
        </Button>
      ))}
    </div>
  )
}
