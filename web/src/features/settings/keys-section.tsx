import type { ApiKey } from '@cadre/contract/credentials'
import { useQuery } from '@tanstack/react-query'
import { KeyRound, Plus } from 'lucide-react'
import { useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { client } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Check } from '../../ui/field.tsx'
import { Badge, Card, Empty, Skeleton } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { keysQuery, peopleChanged } from '../access/people-queries.ts'
import { Who } from '../access/who.tsx'
import { agentsQuery } from '../agents/agent-queries.ts'
import { Ago } from '../runs/run-status.tsx'
import { CreateKeyDialog } from './create-key-dialog.tsx'
import { Section } from './section.tsx'
import { ShownOnceDialog } from './shown-once-dialog.tsx'

export function KeysSection() {
  const texts = useSettingsTexts()
  const { data, error, refetch } = useQuery(keysQuery)
  const [adding, setAdding] = useState(false)
  const [made, setMade] = useState<{ name: string; key: string } | null>(null)
  const [leaving, setLeaving] = useState<ApiKey | null>(null)
  const [all, setAll] = useState(false)
  const dead = data?.filter(isOver) ?? []
  const shown = data?.filter((key) => all || !isOver(key))
  const add = (
    <Button look="primary" onClick={() => setAdding(true)}>
      <Plus aria-hidden />
      {texts.addKey}
    </Button>
  )
  return (
    <Section title={texts.sections.keys} text={texts.keysText} side={shown && shown.length > 0 && add}>
      {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={5} />}
      {dead.length > 0 && <Check label={texts.deadKeys} checked={all} onChange={(event) => setAll(event.target.checked)} />}
      {shown && (
        <Card>
          {shown.length === 0 && (
            <Empty icon={KeyRound} title={texts.noKeys} text={texts.noKeysText}>
              {add}
            </Empty>
          )}
          <ul className="divide-y divide-line">
            {shown.map((key) => (
              <Row key={key.id} apiKey={key} onRevoke={() => setLeaving(key)} />
            ))}
          </ul>
        </Card>
      )}
      {adding && <CreateKeyDialog onMade={setMade} onClose={() => setAdding(false)} />}
      {made && (
        <ShownOnceDialog
          title={texts.newKey(made.name)}
          text={texts.newKeyText}
          value={made.key}
          done={texts.keyKept}
          onClose={() => setMade(null)}
        />
      )}
      {leaving && (
        <ConfirmDialog
          title={texts.revokeTitle(leaving.name)}
          text={texts.revokeText}
          action={texts.revoke}
          onConfirm={async () => {
            await client.keys.revoke({ id: leaving.id })
            toast(texts.revoked(leaving.name))
            await peopleChanged()
          }}
          onClose={() => setLeaving(null)}
        />
      )}
    </Section>
  )
}

const isOver = ({ revoked_at, expires_at }: ApiKey) => revoked_at !== null || (expires_at !== null && Date.parse(expires_at) <= Date.now())

function Row({ apiKey, onRevoke }: { apiKey: ApiKey; onRevoke: () => void }) {
  const texts = useSettingsTexts()
  const { access } = useTexts()
  const format = useFormat()
  const { data: agents } = useQuery(agentsQuery)
  const { name, prefix, user_id, role, scopes, agents: only, expires_at, last_used_at, revoked_at } = apiKey
  const names = only?.map((id) => agents?.find((agent) => agent.id === id)?.name ?? id)
  return (
    <li className="px-4 py-2.5 text-[13px]">
      <div className="flex flex-wrap items-start justify-between gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1 basis-60">
          <p className="flex flex-wrap items-center gap-x-2">
            <span className="break-words font-medium">{name}</span>
            <code className="font-mono text-xs text-muted">{`${prefix}_…`}</code>
            <Badge>{access.roles[role]}</Badge>
            {revoked_at !== null && <Badge tone="danger">{texts.revokedBadge}</Badge>}
            {revoked_at === null && isOver(apiKey) && <Badge tone="warning">{texts.expiredBadge}</Badge>}
          </p>
          <p className="mt-0.5 flex flex-wrap gap-x-3 text-xs text-muted">
            <span>
              {texts.keyOf} <Who id={user_id} />
            </span>
            <span>{last_used_at === null ? texts.neverUsed : texts.lastUsed}</span>
            {last_used_at !== null && <Ago at={last_used_at} />}
            <span>{expires_at === null ? texts.noExpiry : texts.until(format.dateTime(expires_at))}</span>
          </p>
          <p className="mt-0.5 break-words text-xs text-muted">
            {scopes === null ? texts.allScopes : scopes.join(', ')}
            {names && `; ${texts.onlyAgents(names.join(', '))}`}
          </p>
        </div>
        {revoked_at === null && (
          <Button size="small" look="danger" aria-label={`${texts.revoke} ${name}`} onClick={onRevoke}>
            {texts.revoke}
          </Button>
        )}
      </div>
    </li>
  )
}
