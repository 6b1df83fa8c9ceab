import type { LogLevel } from '@cadre/contract/server'
import { Pause, Play, ScrollText } from 'lucide-react'
import { useDeferredValue, useEffect, useState } from 'react'
import { useLogTexts } from '../../i18n/log-texts.ts'
import { useFormat } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Field, Input, Select } from '../../ui/field.tsx'
import { Badge, Card, Empty } from '../../ui/parts.tsx'
import { Section } from '../settings/section.tsx'
import { LogLines } from './log-lines.tsx'
import { useLogs } from './use-logs.ts'

/** From the least to the gravest, as the contract has them; its own list would bring all schemas along. */
const levels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const satisfies LogLevel[]
/** Words count at a pause, not at each letter. */
const pauseMs = 300

export function LogsSection() {
  const texts = useLogTexts()
  const format = useFormat()
  const [level, setLevel] = useState<LogLevel>('info')
  const [words, setWords] = useState('')
  const [q, setQ] = useState('')
  const [paused, setPaused] = useState(false)
  useEffect(() => {
    const timer = setTimeout(() => setQ(words.trim()), pauseMs)
    return () => clearTimeout(timer)
  }, [words])
  const { shown, waiting, connection, error, clear, again } = useLogs({ level, q }, paused)
  const events = useDeferredValue(shown)
  // Whoever looks for something else wants to see it.
  const wanted = (change: () => void) => {
    change()
    setPaused(false)
  }
  const Icon = paused ? Play : Pause
  return (
    <Section
      title={texts.title}
      text={texts.text}
      side={
        <>
          <Button onClick={() => setPaused(!paused)}>
            <Icon aria-hidden />
            {paused ? texts.goOn : texts.pause}
          </Button>
          <Button onClick={clear}>{texts.clear}</Button>
        </>
      }
    >
      <div className="grid grid-cols-[8rem_minmax(0,1fr)] gap-2">
        <Field label={texts.level}>
          {(field) => (
            <Select {...field} value={level} onChange={(event) => wanted(() => setLevel(event.target.value as LogLevel))}>
              {levels.map((each) => (
                <option key={each} value={each}>
                  {each}
                </option>
              ))}
            </Select>
          )}
        </Field>
        <Field label={texts.search}>
          {(field) => (
            <Input
              {...field}
              type="search"
              spellCheck={false}
              maxLength={200}
              value={words}
              onChange={(event) => wanted(() => setWords(event.target.value))}
            />
          )}
        </Field>
      </div>
      {error !== null && <ErrorBox error={error} onRetry={again} />}
      {error === null && (
        <Card className="overflow-hidden">
          <p role="status" className="flex min-h-9 flex-wrap items-center gap-2 border-b border-line px-4 py-1.5 text-xs text-muted">
            <Badge tone={connection === 'live' ? 'success' : 'warning'}>{texts.connection[connection]}</Badge>
            {paused && texts.waiting(format.number(waiting))}
          </p>
          {events.length === 0 ? <Empty icon={ScrollText} title={texts.empty} text={texts.emptyText} /> : <LogLines events={events} />}
        </Card>
      )}
    </Section>
  )
}
