import type { Attachment } from '@cadre/contract/messages'
import { Paperclip } from 'lucide-react'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { fileUrl } from './upload-file.ts'

/** Files are saved, never shown: what is in them is somebody else's. */
export function FileLinks({ files }: { files: readonly Attachment[] }) {
  const texts = useTexts()
  const format = useFormat()
  return (
    <ul className="my-1 flex flex-wrap gap-1.5">
      {files.map(({ id, name, bytes }) => (
        <li key={id} className="min-w-0 max-w-full">
          <a
            href={fileUrl(id)}
            download={name}
            aria-label={texts.conversations.download(name, format.bytes(bytes))}
            className="flex h-8 min-w-0 items-center gap-2 rounded-md border border-line bg-surface px-2.5 text-[13px] hover:bg-sunken"
          >
            <Paperclip className="size-3.5 shrink-0 text-muted" aria-hidden />
            <span className="truncate">{name}</span>
            <span className="shrink-0 text-xs text-muted">{format.bytes(bytes)}</span>
          </a>
        </li>
      ))}
    </ul>
  )
}
