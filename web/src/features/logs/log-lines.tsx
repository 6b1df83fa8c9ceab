import type { LogEvent, LogLevel, LogRecord } from '@cadre/contract/server'
import { useVirtualizer } from '@tanstack/react-virtual'
import clsx from 'clsx'
import { useEffect, useRef, useState } from 'react'
import { useLogTexts } from '../../i18n/log-texts.ts'
import { useFormat } from '../../i18n/texts.ts'
import { Source } from '../../ui/value-view.tsx'

const tones: Partial<Record<LogLevel, string>> = { warn: 'text-warning', error: 'text-danger', fatal: 'text-danger' }
/** Nearer to the end than this counts as being there. */
const nearPx = 40

/** Drawn as far as it is seen. Whoever is at the end stays there as lines come; whoever reads further up is left alone. */
export function LogLines({ events }: { events: LogEvent[] }) {
  const texts = useLogTexts()
  const box = useRef<HTMLDivElement>(null)
  const atEnd = useRef(true)
  const [open, setOpen] = useState<string | null>(null)
  const virtual = useVirtualizer({
    count: events.length,
    getScrollElement: () => box.current,
    getItemKey: (index) => events[index]?.position ?? index,
    estimateSize: () => 24,
    overscan: 20,
  })
  const last = events.at(-1)?.position
  useEffect(() => {
    if (atEnd.current && events.length > 0) virtual.scrollToIndex(events.length - 1, { align: 'end' })
  }, [last])
  return (
    <div
      ref={box}
      role="log"
      aria-live="off"
      aria-label={texts.title}
      tabIndex={0}
      className="h-[60dvh] overflow-y-auto py-1"
      onScroll={({ currentTarget: { scrollHeight, scrollTop, clientHeight } }) => (atEnd.current = scrollHeight - scrollTop - clientHeight < nearPx)}
    >
      <div className="relative font-mono text-xs leading-5" style={{ height: virtual.getTotalSize() }}>
        {virtual.getVirtualItems().map(({ index, start, key }) => {
          const event = events[index]
          return (
            event && (
              <div key={key} ref={virtual.measureElement} data-index={index} className="absolute inset-x-0" style={{ top: start }}>
                {event.type === 'log.lost' ? (
                  <Lost count={event.count} />
                ) : (
                  <Line record={event} isOpen={open === event.position} onToggle={() => setOpen(open === event.position ? null : event.position)} />
                )}
              </div>
            )
          )
        })}
      </div>
    </div>
  )
}

function Lost({ count }: { count: number }) {
  const texts = useLogTexts()
  const format = useFormat()
  return <p className="px-4 py-0.5 text-warning">{texts.lost(format.number(count))}</p>
}

function Line({ record, isOpen, onToggle }: { record: LogRecord; isOpen: boolean; onToggle: () => void }) {
  const format = useFormat()
  const { at, level, text, pid, detail } = record
  return (
    <>
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={onToggle}
        className="flex w-full flex-wrap gap-x-3 px-4 py-0.5 text-left -outline-offset-2 hover:bg-sunken/60 sm:flex-nowrap"
      >
        <time dateTime={at} title={format.exact(at)} className="shrink-0 text-muted">
          {format.clock(at)}
        </time>
        <span className={clsx('w-10 shrink-0', tones[level] ?? 'text-muted')}>{level}</span>
        <span className="min-w-0 flex-1 basis-full break-words sm:basis-0">
          {text} <span className="text-muted">{inShort(detail)}</span>
        </span>
      </button>
      {isOpen && (
        <div className="px-4 pb-2">
          <Source text={JSON.stringify({ at, level, pid, text, ...detail }, null, 2)} />
        </div>
      )}
    </>
  )
}

/** What fits into a line; the rest is shown when the line is opened. */
function inShort(detail: Record<string, unknown>): string {
  return Object.entries(detail)
    .flatMap(([name, value]) => {
      if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return [`${name}=${String(value)}`]
      const message = typeof value === 'object' && value !== null && 'message' in value ? value.message : undefined
      return typeof message === 'string' ? [`${name}=${message}`] : []
    })
    .join(' ')
    .slice(0, 300)
}
