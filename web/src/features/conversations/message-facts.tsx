import { Link } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { factsQuery } from './conversation-queries.ts'

/** Whoever scrolls past asks nothing. */
const lookedAtMs = 400

/** Which model said it, what that took, and the way to its trace. */
export function MessageFacts({ runId }: { runId: string }) {
  const texts = useTexts()
  const format = useFormat()
  const [isLookedAt, setLookedAt] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setLookedAt(true), lookedAtMs)
    return () => clearTimeout(timer)
  }, [])
  const { data, error } = useQuery(factsQuery(runId, isLookedAt))
  // The run of somebody else, which may not be shown.
  if (error) return null
  const tokens = data && data.metrics.tokens_input + data.metrics.tokens_output
  return (
    <span className="inline-flex min-h-4 flex-wrap items-center gap-x-1.5 text-xs tabular-nums text-muted" title={texts.conversations.facts}>
      {data && (
        <>
          {data.model !== null && <span className="max-w-40 truncate">{data.model}</span>}
          {tokens !== undefined && <span>{texts.counts.tokens(tokens, format.short(tokens))}</span>}
          {data.metrics.cost !== null && <span>{format.usd(data.metrics.cost)}</span>}
          {data.metrics.duration_ms !== null && <span>{format.duration(data.metrics.duration_ms)}</span>}
        </>
      )}
      <Link to="/runs/$runId" params={{ runId }} className="underline underline-offset-2 hover:text-ink">
        {texts.conversations.trace}
      </Link>
    </span>
  )
}
