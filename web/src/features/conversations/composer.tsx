import { Paperclip, SendHorizontal, Square, X } from 'lucide-react'
import { type KeyboardEvent, type Ref, useEffect, useId, useImperativeHandle, useLayoutEffect, useRef, useState } from 'react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { shownKeys } from '../../lib/shortcuts.ts'
import { isMac } from '../../lib/use-shortcut.ts'
import { Button } from '../../ui/button.tsx'
import { explainError } from '../../ui/error-box.tsx'
import { Tip } from '../../ui/tip.tsx'
import { keepDraft, keptDraft } from './keep-draft.ts'
import { mentionable, mentionAt, mentionOf } from './mention.ts'
import { MentionPicker } from './mention-picker.tsx'
import { useRoom } from './room-context.ts'
import { type Upload, useUploads } from './use-uploads.ts'

/** How often others are told that one writes. */
const typingMs = 3_000

type Props = {
  label: string
  /** Under which its draft is kept. */
  draftKey: string
  threadId?: string
  /** Agents are at work: then there is something to stop. */
  isBusy: boolean
  onStop: () => void
  /** In an empty field, the key for the message before. */
  onEditLast: () => void
  onSent: () => void
  /** Where there is something to leave. */
  onLeave?: () => void
  ref?: Ref<{ focus: () => void }>
}

/** Enter sends, Shift+Enter begins a new line; while an input method composes, keys are its own. */
export function Composer({ label, draftKey, threadId, isBusy, onStop, onEditLast, onSent, onLeave, ref }: Props) {
  const texts = useTexts()
  const { chat, conversation, me } = useRoom()
  const [text, setText] = useState(() => keptDraft(draftKey))
  const [caret, setCaret] = useState(0)
  const [isDismissed, setDismissed] = useState(false)
  const [at, setAt] = useState(0)
  const field = useRef<HTMLTextAreaElement>(null)
  const files = useRef<HTMLInputElement>(null)
  const toldAt = useRef(0)
  /** Where the caret goes when the text that was put in is there. */
  const toCaret = useRef<number | null>(null)
  const listId = useId()
  const { uploads, add, remove, clear } = useUploads(conversation.id)
  useImperativeHandle(ref, () => ({ focus: () => field.current?.focus() }), [])
  useEffect(() => keepDraft(draftKey, text), [draftKey, text])
  useLayoutEffect(() => {
    if (toCaret.current !== null) field.current?.setSelectionRange(toCaret.current, toCaret.current)
    toCaret.current = null
  }, [text])

  const mention = isDismissed ? null : mentionAt(text, caret)
  const choices = mention ? mentionable(conversation.participants, mention.query, me) : []
  const chosen = choices[Math.min(at, choices.length - 1)]
  const isUploading = uploads.some(({ attachment, error }) => attachment === null && error === null)
  const ready = uploads.flatMap(({ attachment }) => attachment ?? [])
  const canSend = (text.trim() !== '' || ready.length > 0) && !isUploading

  const write = (next: string, caret: number) => {
    setText(next)
    setCaret(caret)
    setDismissed(false)
    setAt(0)
    if (next === '' || performance.now() - toldAt.current < typingMs) return
    toldAt.current = performance.now()
    // That somebody writes is no news worth an error.
    chat.tellTyping().catch(() => undefined)
  }
  const send = () => {
    if (!canSend) return
    chat.send({ content: text, attachments: ready, ...(threadId === undefined ? {} : { thread_id: threadId }) })
    setText('')
    clear()
    onSent()
  }
  const take = (participant = chosen) => {
    if (!mention || !participant) return
    const name = mentionOf(participant)
    const next = text.slice(0, mention.start) + name + text.slice(caret)
    const end = mention.start + name.length
    write(next, end)
    toCaret.current = end
  }

  const onKeyDown = (event: KeyboardEvent<HTMLTextAreaElement>) => {
    // Safari ends a composition before its key.
    if (event.nativeEvent.isComposing || event.keyCode === 229) return
    const act = (deed: () => void) => {
      event.preventDefault()
      deed()
    }
    if (choices.length > 0) {
      if (event.key === 'ArrowDown') return act(() => setAt((at + 1) % choices.length))
      if (event.key === 'ArrowUp') return act(() => setAt((at + choices.length - 1) % choices.length))
      if ((event.key === 'Enter' && !event.shiftKey) || event.key === 'Tab') return act(() => take())
      if (event.key === 'Escape') return act(() => setDismissed(true))
    }
    if (event.key === 'Enter' && !event.shiftKey) return act(send)
    if (event.key === 'ArrowUp' && text === '') return act(onEditLast)
    if (event.key === 'Escape' && isBusy) return act(onStop)
    if (event.key === 'Escape' && onLeave) return act(onLeave)
  }

  return (
    <div
      className="relative shrink-0 px-3 pb-3"
      onDragOver={(event) => event.preventDefault()}
      onDrop={(event) => {
        event.preventDefault()
        add(event.dataTransfer.files)
      }}
    >
      {choices.length > 0 && <MentionPicker id={listId} choices={choices} chosen={chosen} onTake={take} />}
      <div className="rounded-lg border border-field-line/60 bg-surface focus-within:border-accent">
        {uploads.length > 0 && (
          <ul className="flex flex-wrap gap-1.5 px-2 pt-2">
            {uploads.map((upload) => (
              <UploadChip key={upload.key} upload={upload} onRemove={() => remove(upload.key)} />
            ))}
          </ul>
        )}
        <textarea
          ref={field}
          rows={1}
          aria-label={label}
          placeholder={label}
          aria-autocomplete="list"
          aria-controls={choices.length > 0 ? listId : undefined}
          aria-activedescendant={chosen ? `${listId}-${chosen.id}` : undefined}
          className="field-sizing-content block max-h-60 min-h-10 w-full resize-none bg-transparent px-3 py-2.5 text-sm leading-5 outline-none placeholder:text-muted"
          value={text}
          onChange={(event) => write(event.target.value, event.target.selectionStart)}
          onSelect={(event) => setCaret(event.currentTarget.selectionStart)}
          onKeyDown={onKeyDown}
          onPaste={(event) => {
            if (event.clipboardData.files.length === 0) return
            event.preventDefault()
            add(event.clipboardData.files)
          }}
        />
        <div className="flex items-center gap-1 px-1.5 pb-1.5">
          <Button look="ghost" size="smallIcon" aria-label={texts.conversations.attach} onClick={() => files.current?.click()}>
            <Paperclip aria-hidden />
          </Button>
          <input
            ref={files}
            type="file"
            multiple
            hidden
            onChange={(event) => {
              add(event.target.files ?? [])
              event.target.value = ''
            }}
          />
          <span className="flex-1" />
          {isBusy && (
            <Tip text={texts.conversations.stop} keys={shownKeys('Escape', isMac)}>
              <Button size="small" look="danger" onClick={onStop}>
                <Square aria-hidden />
                {texts.conversations.stopShort}
              </Button>
            </Tip>
          )}
          <Button size="small" look="primary" aria-label={texts.conversations.send} disabled={!canSend} onClick={send}>
            <SendHorizontal aria-hidden />
          </Button>
        </div>
      </div>
    </div>
  )
}

function UploadChip({ upload, onRemove }: { upload: Upload; onRemove: () => void }) {
  const texts = useTexts()
  const format = useFormat()
  const { name, bytes, part, attachment, error } = upload
  const said = error ? explainError(error, texts) : null
  return (
    <li className="flex min-w-0 max-w-full items-center gap-2 rounded-md border border-line bg-sunken py-1 pl-2.5 pr-1 text-xs">
      <span className="min-w-0">
        <span className="block max-w-52 truncate">{name}</span>
        {said ? (
          <span role="alert" className="block max-w-52 text-danger">
            {said.detail ?? said.what}
          </span>
        ) : attachment ? (
          <span className="block text-muted">{format.bytes(bytes)}</span>
        ) : (
          <progress className="block h-1 w-24 accent-accent" aria-label={texts.conversations.uploading(name)} max={1} value={part} />
        )}
      </span>
      <Button look="ghost" size="smallIcon" aria-label={texts.conversations.removeFile(name)} onClick={onRemove}>
        <X aria-hidden />
      </Button>
    </li>
  )
}
