import type { Connection } from '@cadre/contract/connections'
import { useQuery } from '@tanstack/react-query'
import { Database, Gauge, Plus } from 'lucide-react'
import { useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { useFormat, useTexts } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { useAct } from '../../ui/use-act.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Field, Input } from '../../ui/field.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { Card, Empty, Skeleton } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { Section } from './section.tsx'

const changed = () => queries.invalidateQueries({ queryKey: ['connections'] })

/** Databases that tools may read, by name: what is in the URL is sealed and never shown. */
export function ConnectionsSection() {
  const texts = useSettingsTexts()
  const { common } = useTexts()
  const { data, error, refetch } = useQuery({
    queryKey: ['connections'],
    queryFn: async ({ signal }) => (await client.connections.list(undefined, { signal })).items,
  })
  const [adding, setAdding] = useState(false)
  const [leaving, setLeaving] = useState<Connection | null>(null)
  const add = (
    <Button look="primary" onClick={() => setAdding(true)}>
      <Plus aria-hidden />
      {texts.addConnection}
    </Button>
  )
  return (
    <Section title={texts.sections.connections} text={texts.connectionsText} side={data && data.length > 0 && add}>
      {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={4} />}
      {data && (
        <Card>
          {data.length === 0 && (
            <Empty icon={Database} title={texts.noConnections} text={texts.noConnectionsText}>
              {add}
            </Empty>
          )}
          <ul className="divide-y divide-line">
            {data.map((connection) => (
              <Row key={connection.name} connection={connection} onRemove={() => setLeaving(connection)} />
            ))}
          </ul>
        </Card>
      )}
      {adding && <ConnectionDialog onClose={() => setAdding(false)} />}
      {leaving && (
        <ConfirmDialog
          title={texts.removeConnection(leaving.name)}
          text={texts.removeConnectionText}
          action={common.remove}
          onConfirm={async () => {
            await client.connections.remove({ name: leaving.name })
            toast(texts.connectionRemoved(leaving.name))
            await changed()
          }}
          onClose={() => setLeaving(null)}
        />
      )}
    </Section>
  )
}

type Test = Awaited<ReturnType<typeof client.connections.test>>

function Row({ connection, onRemove }: { connection: Connection; onRemove: () => void }) {
  const texts = useSettingsTexts()
  const { common } = useTexts()
  const format = useFormat()
  const [test, setTest] = useState<Test | null>(null)
  const { busy, error, act } = useAct<'test'>()
  const { name, user, host, port, database, problem } = connection
  const run = () =>
    act('test', async () => {
      setTest(null)
      setTest(await client.connections.test({ name }))
    })
  return (
    <li className="px-4 py-2.5 text-[13px]">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
        <div className="min-w-0 flex-1 basis-52">
          <p className="break-words font-medium">{name}</p>
          <p className="break-all font-mono text-xs text-muted">{`${user === null ? '' : `${user}@`}${host}:${port}/${database}`}</p>
        </div>
        <Button size="small" busy={busy === 'test'} aria-label={`${texts.test} ${name}`} onClick={() => void run()}>
          {busy !== 'test' && <Gauge aria-hidden />}
          {texts.test}
        </Button>
        <Button size="small" look="danger" aria-label={`${common.remove} ${name}`} onClick={onRemove}>
          {common.remove}
        </Button>
      </div>
      {problem !== null && <p className="mt-1 break-words text-danger">{problem}</p>}
      <div aria-live="polite">
        {test?.ok && (
          <p className="mt-1 text-success">
            {texts.testOk(format.duration(test.latency_ms ?? 0))} <span className="text-muted">{test.version}</span>
          </p>
        )}
        {test?.can_write && <p className="mt-0.5 text-warning">{texts.canWrite}</p>}
        {test && !test.ok && <p className="mt-1 break-words text-danger">{test.error}</p>}
      </div>
      {error !== null && <ErrorBox error={error} />}
    </li>
  )
}

function ConnectionDialog({ onClose }: { onClose: () => void }) {
  const texts = useSettingsTexts()
  const { access } = useTexts()
  const [name, setName] = useState('')
  const [url, setUrl] = useState('')
  return (
    <FormDialog
      title={texts.addConnection}
      text={texts.addConnectionText}
      action={texts.addConnection}
      onClose={onClose}
      onSubmit={async () => {
        await client.connections.add({ name, url })
        toast(texts.connectionAdded(name))
        await changed()
      }}
    >
      {(issue) => (
        <>
          <Field label={access.name} hint={texts.connectionNameHint} error={issue('name')}>
            {(field) => (
              <Input {...field} autoComplete="off" spellCheck={false} required value={name} onChange={(event) => setName(event.target.value)} />
            )}
          </Field>
          <Field label={texts.connectionUrl} hint={texts.connectionUrlHint} error={issue('url')}>
            {(field) => (
              <Input
                {...field}
                type="password"
                autoComplete="off"
                spellCheck={false}
                required
                value={url}
                onChange={(event) => setUrl(event.target.value)}
              />
            )}
          </Field>
        </>
      )}
    </FormDialog>
  )
}
