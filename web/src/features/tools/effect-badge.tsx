import type { Effect } from '@cadre/contract/manifest'
import { useTexts } from '../../i18n/texts.ts'
import { Badge } from '../../ui/parts.tsx'
import { Tip } from '../../ui/tip.tsx'

const tones = { read: 'neutral', idempotent: 'info', keyed: 'info', once: 'warning' } as const

/** What a tool changes; what that means stands behind it. */
export function EffectBadge({ effect }: { effect: Effect }) {
  const { name, means } = useTexts().effect[effect]
  return (
    <Tip text={means}>
      <Badge tone={tones[effect]}>{name}</Badge>
    </Tip>
  )
}
