import type { Texts } from '../../i18n/en.ts'
import type { RunDraft } from '../runs/run-form.tsx'

const table = `name,date,amount,region
John,1/15/24,1500,West
Jane,2024-02-20,2000,East
Ann,3/2/24,1200,West`

/** Tasks that an agent with these tools can do at once, also when the planner leads it. */
export function startersFor(tools: string[], { start: { prompts } }: Texts): RunDraft[] {
  const has = (id: string) => tools.some((tool) => tool.split('__')[0] === id)
  return [
    ...(has('data-transform') && has('date-utils') ? [{ input: prompts.cleanup, data: table }] : []),
    ...(has('date-utils') ? [{ input: prompts.days, data: '' }] : []),
    ...(has('calculator') || has('formula-engine') ? [{ input: prompts.sum, data: '' }] : []),
  ]
}
