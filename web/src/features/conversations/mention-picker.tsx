import type { Participant } from '@cadre/contract/participants'
import clsx from 'clsx'
import { useTexts } from '../../i18n/texts.ts'
import { Avatar } from './avatar.tsx'

type Props = { id: string; choices: Participant[]; chosen: Participant | undefined; onTake: (participant: Participant) => void }

/** Above the field, which keeps the focus and moves in it by the arrow keys. */
export function MentionPicker({ id, choices, chosen, onTake }: Props) {
  const texts = useTexts()
  return (
    <ul
      id={id}
      role="listbox"
      aria-label={texts.conversations.mention}
      className="absolute inset-x-3 bottom-full z-20 mb-1 max-w-sm rounded-lg border border-line bg-surface p-1 shadow-lg"
    >
      {choices.map((participant) => (
        <li
          key={`${participant.kind} ${participant.id}`}
          id={`${id}-${participant.id}`}
          role="option"
          aria-selected={participant === chosen}
          className={clsx('flex h-8 cursor-default items-center gap-2 rounded px-2 text-[13px]', participant === chosen && 'bg-accent-soft')}
          onPointerDown={(event) => {
            // The focus stays in the field.
            event.preventDefault()
            onTake(participant)
          }}
        >
          <Avatar small kind={participant.kind} id={participant.id} name={participant.name ?? ''} />
          <span className="truncate">{participant.name}</span>
          {participant.slug !== null && <span className="truncate text-xs text-muted">@{participant.slug}</span>}
        </li>
      ))}
    </ul>
  )
}
