import type { Message } from '@cadre/contract/messages'
import { Copy, Ellipsis, MessageSquareReply, Pencil, Pin, PinOff, RefreshCw, SmilePlus, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { Button } from '../../ui/button.tsx'
import { copyText } from '../../ui/copy-button.tsx'
import { Dialog, DialogFooter } from '../../ui/dialog.tsx'
import { Menu, MenuItem, MenuLine } from '../../ui/menu.tsx'
import { toast } from '../../ui/toast.ts'
import { useAttempt, useRoom } from './room-context.ts'

const emoji = ['👍', '❤️', '😄', '🎉', '👀', '🙏', '✅', '🤔']

/** What can be done with one message. */
export function MessageTools({ message, inThread }: { message: Message; inThread: boolean }) {
  const texts = useTexts()
  const { chat, me, may, edit, openThread } = useRoom()
  const attempt = useAttempt()
  const [isDeleting, setDeleting] = useState(false)
  const isOwn = may.write && message.author_kind === 'user' && message.author_id === me
  const isAnswer = may.write && message.author_kind === 'agent' && message.parent_id !== null && message.active
  const copy = async () => {
    if (await copyText(message.content)) toast(texts.common.copied)
    else toast(texts.common.copyFailed, { tone: 'danger' })
  }
  return (
    <div
      role="toolbar"
      aria-label={texts.conversations.actions}
      className="absolute -top-3 right-3 z-10 flex rounded-md border border-line bg-surface shadow-sm"
    >
      {may.write && (
        <Menu
          trigger={
            <Button look="ghost" size="smallIcon" aria-label={texts.conversations.react}>
              <SmilePlus aria-hidden />
            </Button>
          }
        >
          <div className="grid grid-cols-4">
            {emoji.map((each) => (
              <MenuItem key={each} onSelect={() => void attempt(() => chat.react(message.id, each, true))}>
                <span aria-label={texts.conversations.reactWith(each)} role="img" className="w-full text-center text-base">
                  {each}
                </span>
              </MenuItem>
            ))}
          </div>
        </Menu>
      )}
      {!inThread && (
        <Button look="ghost" size="smallIcon" aria-label={texts.conversations.reply} onClick={() => openThread(message.id)}>
          <MessageSquareReply aria-hidden />
        </Button>
      )}
      <Menu
        trigger={
          <Button look="ghost" size="smallIcon" aria-label={texts.common.more}>
            <Ellipsis aria-hidden />
          </Button>
        }
      >
        <MenuItem icon={Copy} onSelect={() => void copy()}>
          {texts.conversations.copy}
        </MenuItem>
        {may.write && (
          <MenuItem icon={message.pinned ? PinOff : Pin} onSelect={() => void attempt(() => chat.pin(message.id, !message.pinned))}>
            {message.pinned ? texts.conversations.unpin : texts.conversations.pin}
          </MenuItem>
        )}
        {isAnswer && (
          <MenuItem icon={RefreshCw} onSelect={() => void attempt(() => chat.regenerate(message.id))}>
            {texts.conversations.regenerate}
          </MenuItem>
        )}
        {isOwn && (
          <>
            <MenuItem icon={Pencil} onSelect={() => edit(message.id)}>
              {texts.conversations.edit}
            </MenuItem>
            <MenuLine />
            <MenuItem icon={Trash2} danger onSelect={() => setDeleting(true)}>
              {texts.conversations.remove}
            </MenuItem>
          </>
        )}
      </Menu>
      <Dialog
        open={isDeleting}
        onClose={() => setDeleting(false)}
        title={texts.conversations.removeTitle}
        text={texts.conversations.removeText}
        className="max-w-md"
      >
        <DialogFooter>
          <Button onClick={() => setDeleting(false)}>{texts.common.cancel}</Button>
          <Button
            look="danger"
            onClick={() => {
              setDeleting(false)
              void attempt(() => chat.remove(message.id))
            }}
          >
            {texts.conversations.remove}
          </Button>
        </DialogFooter>
      </Dialog>
    </div>
  )
}
