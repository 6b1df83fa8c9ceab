import type { Grant } from '@cadre/contract/access'
import { useQuery } from '@tanstack/react-query'
import { Plus, ShieldPlus } from 'lucide-react'
import { useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { useTexts } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Field, Input, Select } from '../../ui/field.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { Badge, Card, Empty, Skeleton } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { usersQuery } from '../access/people-queries.ts'
import { Who } from '../access/who.tsx'
import { agentsQuery } from '../agents/agent-queries.ts'
import { Ago } from '../runs/run-status.tsx'
import { Section } from './section.tsx'

const types = ['agent', 'conversation', 'project'] as const satisfies Grant['resource_type'][]
const levels = ['view', 'run', 'edit'] as const satisfies Grant['level'][]

/** What single people may beyond their role. */
export function GrantsSection() {
  const texts = useSettingsTexts()
  const { common } = useTexts()
  const { data, error, refetch } = useQuery({
    queryKey: ['grants'],
    queryFn: async ({ signal }) => (await client.grants.list({}, { signal })).items,
  })
  const [adding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<Grant | null>(null)
  const add = (
    <Button look="primary" onClick={() => setAdding(true)}>
      <Plus aria-hidden />
      {texts.addGrant}
    </Button>
  )
  return (
    <Section title={texts.sections.grants} text={texts.grantsText} side={data && data.length > 0 && add}>
      {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={4} />}
      {data && (
        <Card>
          {data.length === 0 && (
            <Empty icon={ShieldPlus} title={texts.noGrants} text={texts.noGrantsText}>
              {add}
            </Empty>
          )}
          <ul className="divide-y divide-line">
            {data.map((grant) => (
              <li
                key={`${grant.resource_type} ${grant.resource_id} ${grant.user_id}`}
                className="flex flex-wrap items-center gap-x-3 gap-y-1 px-4 py-2.5 text-[13px]"
              >
                <p className="min-w-0 flex-1 basis-60">
                  <span className="font-medium">
                    <Who id={grant.user_id} />
                  </span>{' '}
                  <Badge tone="info">{texts.levels[grant.level]}</Badge> <span className="text-muted">{texts.resources[grant.resource_type]}</span>{' '}
                  <Resource grant={grant} />
                </p>
                <span className="text-xs text-muted">
                  <Ago at={grant.created_at} />
                </span>
                <Button size="small" onClick={() => setLeaving(grant)}>
                  {texts.takeBack}
                </Button>
              </li>
            ))}
          </ul>
        </Card>
      )}
      {adding && <GrantDialog onClose={() => setAdding(false)} />}
      {leaving && (
        <ConfirmDialog
          title={texts.takeBackTitle}
          text={texts.takeBackText}
          action={common.remove}
          onConfirm={async () => {
            const { resource_type, resource_id, user_id } = leaving
            await client.grants.remove({ resource_type, resource_id, user_id })
            await queries.invalidateQueries({ queryKey: ['grants'] })
          }}
          onClose={() => setLeaving(null)}
        />
      )}
    </Section>
  )
}

function Resource({ grant: { resource_type, resource_id } }: { grant: Grant }) {
  const { data: agents } = useQuery(agentsQuery)
  const agent = resource_type === 'agent' ? agents?.find(({ id }) => id === resource_id) : undefined
  return agent ? <span>{agent.name}</span> : <code className="break-all font-mono text-xs">{resource_id}</code>
}

function GrantDialog({ onClose }: { onClose: () => void }) {
  const texts = useSettingsTexts()
  const { data: users = [] } = useQuery(usersQuery)
  const { data: agents = [] } = useQuery(agentsQuery)
  const [type, setType] = useState<Grant['resource_type']>('agent')
  const [resource, setResource] = useState('')
  const [user, setUser] = useState('')
  const [level, setLevel] = useState<Grant['level']>('run')
  return (
    <FormDialog
      title={texts.addGrant}
      text={texts.grantsText}
      action={texts.grantDo}
      disabled={resource.trim() === '' || user === ''}
      onClose={onClose}
      onSubmit={async () => {
        await client.grants.put({ resource_type: type, resource_id: resource.trim(), user_id: user, level })
        toast(texts.granted)
        await queries.invalidateQueries({ queryKey: ['grants'] })
      }}
    >
      {(issue) => (
        <>
          <Field label={texts.person} error={issue('user_id')}>
            {(field) => (
              <Select {...field} value={user} onChange={(event) => setUser(event.target.value)}>
                <option value="">{texts.choose}</option>
                {users.map(({ id, name, email }) => (
                  <option key={id} value={id}>
                    {email === null ? name : `${name} (${email})`}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field label={texts.resource}>
            {(field) => (
              <Select
                {...field}
                value={type}
                onChange={(event) => {
                  setType(types.find((each) => each === event.target.value) ?? 'agent')
                  setResource('')
                }}
              >
                {types.map((each) => (
                  <option key={each} value={each}>
                    {texts.resources[each]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
          <Field label={type === 'agent' ? texts.resources.agent : texts.resourceId} error={issue('resource_id')}>
            {(field) =>
              type === 'agent' ? (
                <Select {...field} value={resource} onChange={(event) => setResource(event.target.value)}>
                  <option value="">{texts.choose}</option>
                  {agents.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {name}
                    </option>
                  ))}
                </Select>
              ) : (
                <Input {...field} spellCheck={false} value={resource} onChange={(event) => setResource(event.target.value)} />
              )
            }
          </Field>
          <Field label={texts.level} hint={texts.levelMeans[level]} error={issue('level')}>
            {(field) => (
              <Select {...field} value={level} onChange={(event) => setLevel(levels.find((each) => each === event.target.value) ?? 'view')}>
                {levels.map((each) => (
                  <option key={each} value={each}>
                    {texts.levels[each]}
                  </option>
                ))}
              </Select>
            )}
          </Field>
        </>
      )}
    </FormDialog>
  )
}
