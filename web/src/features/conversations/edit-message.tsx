import type { Message } from '@cadre/contract/messages'
import { useEffect, useRef, useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { TextArea } from '../../ui/field.tsx'
import { useAttempt, useRoom } from './room-context.ts'

/** Changes the text as it stands, or says it anew and lets agents answer that. Enter does the second where agents are in the room. */
export function EditMessage({ message }: { message: Message }) {
  const texts = useTexts()
  const { chat, conversation, edit } = useRoom()
  const attempt = useAttempt()
  const [text, setText] = useState(message.content)
  const [busy, setBusy] = useState(false)
  const field = useRef<HTMLTextAreaElement>(null)
  const hasAgents = conversation.participants.some(({ kind }) => kind === 'agent')
  useEffect(() => {
    const { current } = field
    current?.focus()
    current?.setSelectionRange(current.value.length, current.value.length)
  }, [])
  const save = async (branch: boolean) => {
    if (text.trim() === '' || busy) return
    setBusy(true)
    const isDone = await attempt(() => chat.edit(message.id, text, { branch }))
    setBusy(false)
    if (isDone) edit(null)
  }
  return (
    <form
      className="mt-1 flex flex-col gap-2"
      onSubmit={(event) => {
        event.preventDefault()
        void save(hasAgents)
      }}
    >
      <TextArea
        ref={field}
        className="min-h-9"
        aria-label={texts.conversations.editing}
        value={text}
        onChange={(event) => setText(event.target.value)}
        onKeyDown={(event) => {
          if (event.nativeEvent.isComposing) return
          if (event.key === 'Escape') {
            event.preventDefault()
            edit(null)
          }
          if (event.key === 'Enter' && !event.shiftKey) {
            event.preventDefault()
            void save(hasAgents)
          }
        }}
      />
      <div className="flex flex-wrap gap-2">
        {hasAgents && (
          <Button look="primary" size="small" type="submit" busy={busy}>
            {texts.conversations.askAgain}
          </Button>
        )}
        <Button look={hasAgents ? 'plain' : 'primary'} size="small" busy={busy} onClick={() => void save(false)}>
          {texts.common.save}
        </Button>
        <Button size="small" look="ghost" onClick={() => edit(null)}>
          {texts.common.cancel}
        </Button>
      </div>
    </form>
  )
}
