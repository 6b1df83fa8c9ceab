import type { PartyRef } from '@cadre/contract/participants'
import { useQuery } from '@tanstack/react-query'
import { useDeferredValue, useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { Check, Input } from '../../ui/field.tsx'
import { meQuery } from '../access/access-queries.ts'
import { agentsQuery } from '../agents/agent-queries.ts'
import { Avatar } from './avatar.tsx'
import { peopleQuery } from './conversation-queries.ts'

export const isParty = (a: PartyRef) => (b: PartyRef) => a.kind === b.kind && a.id === b.id

type Props = { chosen: readonly PartyRef[]; onChange: (chosen: PartyRef[]) => void; without?: readonly PartyRef[] }

/** People and agents to have in a conversation. */
export function ChooseParties({ chosen, onChange, without = [] }: Props) {
  const texts = useTexts()
  const [search, setSearch] = useState('')
  const { data: agents = [] } = useQuery(agentsQuery)
  const { data: people = [] } = useQuery(peopleQuery(useDeferredValue(search.trim())))
  const { data: me } = useQuery(meQuery)
  const fits = ({ name }: { name: string }) => name.toLowerCase().includes(search.trim().toLowerCase())
  const isThere = (kind: PartyRef['kind']) => (each: { id: string }) => !without.some(isParty({ kind, id: each.id }))
  const groups = [
    { kind: 'agent' as const, title: texts.roomForm.agents, all: agents.filter(isThere('agent')).filter(fits) },
    {
      kind: 'user' as const,
      title: texts.roomForm.people,
      all: people
        .filter(({ id }) => id !== me?.user?.id)
        .filter(isThere('user'))
        .filter(fits),
    },
  ]
  const isEmpty = groups.every(({ all }) => all.length === 0)
  return (
    <div className="rounded-md border border-line">
      <Input
        type="search"
        className="border-0 border-b"
        aria-label={texts.roomForm.find}
        placeholder={texts.roomForm.find}
        value={search}
        onChange={(event) => setSearch(event.target.value)}
      />
      <div className="max-h-56 overflow-y-auto p-2">
        {isEmpty && <p className="py-3 text-center text-[13px] text-muted">{texts.roomForm.nobody}</p>}
        {groups.map(
          ({ kind, title, all }) =>
            all.length > 0 && (
              <fieldset key={kind} className="pb-1">
                <legend className="pb-1 text-xs text-muted">{title}</legend>
                {all.map(({ id, name }) => {
                  const party = { kind, id }
                  const isChosen = chosen.some(isParty(party))
                  return (
                    <Check
                      key={id}
                      className="items-center py-1"
                      checked={isChosen}
                      onChange={() => onChange(isChosen ? chosen.filter((each) => !isParty(party)(each)) : [...chosen, party])}
                      label={
                        <span className="flex items-center gap-2">
                          <Avatar small kind={kind} id={id} name={name} />
                          <span className="truncate">{name}</span>
                        </span>
                      }
                    />
                  )
                })}
              </fieldset>
            ),
        )}
      </div>
    </div>
  )
}
