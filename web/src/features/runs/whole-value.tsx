import { Download } from 'lucide-react'
import { type ReactNode, useEffect, useRef, useState } from 'react'
import { useFormat } from '../../i18n/texts.ts'
import { useTraceTexts } from '../../i18n/trace-texts.ts'
import { Button, buttonStyle } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Source } from '../../ui/value-view.tsx'
import { readValue, type ValueRef, valueUrl } from './read-value.ts'

type Loading = { state: 'idle' } | { state: 'loading'; bytes: number } | { state: 'here'; value: unknown } | { state: 'failed'; error: unknown }

/** A value that is fetched when it is asked for; what is not waited for any more is given up. */
export function useWholeValue(ref: ValueRef) {
  const [loading, setLoading] = useState<Loading>({ state: 'idle' })
  const leaving = useRef<AbortController | null>(null)
  useEffect(() => () => leaving.current?.abort(), [])
  const load = () => {
    const mine = new AbortController()
    leaving.current = mine
    setLoading({ state: 'loading', bytes: 0 })
    readValue(ref, mine.signal, (bytes) => setLoading({ state: 'loading', bytes })).then(
      (value) => setLoading({ state: 'here', value }),
      (error: unknown) => {
        if (!mine.signal.aborted) setLoading({ state: 'failed', error })
      },
    )
  }
  return { loading, load }
}

type Props<T> = {
  of: ValueRef
  /** What of it came with the run: all of it, or its beginning. */
  value: T
  /** Of all of it, where only its beginning is here. */
  bytes: number | undefined
  show: (value: T) => ReactNode
}

/** A value as it is shown; where only its beginning is here, that, and the way to the rest. */
export function WholeValue<T>({ of, value, bytes, show }: Props<T>) {
  return bytes === undefined ? show(value) : <CutValue of={of} value={value} bytes={bytes} show={show} />
}

function CutValue<T>({ of, value, bytes, show }: Props<T> & { bytes: number }) {
  const texts = useTraceTexts()
  const format = useFormat()
  const { loading, load } = useWholeValue(of)
  const size = format.bytes(bytes)
  return (
    <div className="flex min-w-0 flex-col gap-1.5">
      {loading.state === 'here' ? show(loading.value as T) : typeof value === 'string' ? <Source text={`${value}…`} /> : show(value)}
      {loading.state === 'failed' && <ErrorBox error={loading.error} onRetry={load} />}
      <div className="flex flex-wrap items-center gap-2 text-xs text-muted">
        {(loading.state === 'idle' || loading.state === 'loading') && (
          <>
            <Button size="small" busy={loading.state === 'loading'} onClick={load}>
              {texts.showAll(size)}
            </Button>
            {loading.state === 'loading' && <ValueProgress bytes={loading.bytes} of={bytes} />}
          </>
        )}
        <a href={valueUrl(of)} download className={buttonStyle({ size: 'small', look: 'ghost' })}>
          <Download aria-hidden />
          {texts.download(size)}
        </a>
        {loading.state !== 'here' && <span>{texts.isCut(size)}</span>}
      </div>
    </div>
  )
}

/** Compared with the size on disk: as it is written out for people it may be a little more. */
export function ValueProgress({ bytes, of }: { bytes: number; of: number }) {
  const texts = useTraceTexts()
  const format = useFormat()
  return <progress className="block h-1 w-24 accent-accent" aria-label={texts.loadingValue(format.bytes(of))} max={of} value={Math.min(bytes, of)} />
}
