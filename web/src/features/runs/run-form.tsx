import { Database, Paperclip, Play, X } from 'lucide-react'
import { lazy, type ReactNode, Suspense, useRef, useState } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { shownKeys } from '../../lib/shortcuts.ts'
import { isMac } from '../../lib/use-shortcut.ts'
import { Button } from '../../ui/button.tsx'
import { Field, TextArea } from '../../ui/field.tsx'
import { Kbd } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { readData } from './read-data.ts'

const CopyAsMenu = lazy(() => import('./copy-as-menu.tsx').then(({ CopyAsMenu }) => ({ default: CopyAsMenu })))

export type RunRequest = { input: string; data?: Record<string, unknown> | unknown[] }
/** Held by whoever shows the form, so that it can be filled in from outside. */
export type RunDraft = { input: string; data: string }

const mostBytes = 1_000_000

/** A task in plain words, with data where there is some. Mod+Enter runs it from any of its fields. */
export function RunForm(props: {
  draft: RunDraft
  onDraft: (draft: RunDraft) => void
  /** Slug for "copy as"; null while there is no such agent yet. */
  agent: string | null
  busy: boolean
  label?: string
  onRun: (request: RunRequest) => void
  before?: ReactNode
}) {
  const { draft, onDraft, agent, busy, label, onRun, before } = props
  const texts = useTexts()
  const format = useFormat()
  const [hasData, setHasData] = useState(draft.data !== '')
  const [missing, setMissing] = useState(false)
  const fileInput = useRef<HTMLInputElement>(null)
  const showData = hasData || draft.data !== ''
  const read = readData(draft.data)
  const request = (): RunRequest => ({ input: draft.input.trim(), ...(read ? { data: read.data } : {}) })

  const submit = () => {
    if (busy) return
    setMissing(draft.input.trim() === '')
    if (draft.input.trim() !== '') onRun(request())
  }
  const takeFile = async (file: File | undefined) => {
    if (!file) return
    if (file.size > mostBytes) return toast(texts.runForm.fileTooLarge(format.bytes(mostBytes)), { tone: 'danger' })
    setHasData(true)
    onDraft({ ...draft, data: await file.text() })
  }

  return (
    <form
      className="flex flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault()
        submit()
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey) || event.nativeEvent.isComposing) return
        event.preventDefault()
        submit()
      }}
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        void takeFile(event.dataTransfer.files[0])
      }}
    >
      {before}
      <Field label={texts.runForm.task} required error={missing ? texts.common.required : undefined}>
        {(field) => (
          <TextArea
            {...field}
            name="task"
            value={draft.input}
            placeholder={texts.runForm.taskPlaceholder}
            onChange={(event) => {
              setMissing(false)
              onDraft({ ...draft, input: event.target.value })
            }}
          />
        )}
      </Field>
      {showData && (
        <Field
          label={texts.runForm.data}
          hint={read ? texts.runForm.sentAs[read.as] : texts.runForm.dataHint}
          side={
            <span className="flex items-center gap-1">
              <Button size="small" look="ghost" onClick={() => fileInput.current?.click()}>
                <Paperclip aria-hidden />
                {texts.runForm.file}
              </Button>
              <Button
                size="smallIcon"
                look="ghost"
                aria-label={texts.runForm.dataRemove}
                onClick={() => {
                  setHasData(false)
                  onDraft({ ...draft, data: '' })
                }}
              >
                <X aria-hidden />
              </Button>
            </span>
          }
        >
          {(field) => (
            <TextArea
              {...field}
              name="data"
              spellCheck={false}
              className="max-h-56 font-mono text-xs"
              value={draft.data}
              onChange={(event) => onDraft({ ...draft, data: event.target.value })}
            />
          )}
        </Field>
      )}
      <input
        ref={fileInput}
        type="file"
        hidden
        aria-label={texts.runForm.file}
        accept=".csv,.tsv,.json,.ndjson,.txt,.md,.xml,.yaml,.yml,text/*,application/json"
        onChange={(event) => void takeFile(event.target.files?.[0])}
      />
      <div className="flex flex-wrap items-center gap-2">
        <Button look="primary" type="submit" busy={busy}>
          {!busy && <Play aria-hidden />}
          {label ?? texts.runForm.run}
        </Button>
        <span className="hidden sm:block">
          <Kbd keys={shownKeys('mod+Enter', isMac)} />
        </span>
        <span className="ml-auto flex gap-1">
          {!showData && (
            <Button look="ghost" onClick={() => setHasData(true)}>
              <Database aria-hidden />
              {texts.runForm.dataAdd}
            </Button>
          )}
          {agent !== null && (
            <Suspense fallback={<span className="w-24" />}>
              <CopyAsMenu request={() => ({ origin: location.origin, agent, ...request() })} />
            </Suspense>
          )}
        </span>
      </div>
    </form>
  )
}
