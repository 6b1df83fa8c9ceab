import type { Workspace } from '@cadre/contract/access'
import { useQuery } from '@tanstack/react-query'
import { Plus } from 'lucide-react'
import { useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { useTexts } from '../../i18n/texts.ts'
import { client } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Field, Input } from '../../ui/field.tsx'
import { FormDialog } from '../../ui/form-dialog.tsx'
import { Badge, Card, CardTitle, Skeleton } from '../../ui/parts.tsx'
import { toast } from '../../ui/toast.ts'
import { meQuery, useMay } from '../access/access-queries.ts'
import { peopleChanged, workspacesQuery } from '../access/people-queries.ts'
import { Members } from './members.tsx'
import { Section } from './section.tsx'

export function WorkspacesSection() {
  const texts = useSettingsTexts()
  const { data: me } = useQuery(meQuery)
  const runsServer = useMay('workspaces.create')
  const { data, error, refetch } = useQuery(workspacesQuery)
  const [named, setNamed] = useState<Workspace | 'new' | null>(null)
  // An admin sees the members of the workspace they are in; those who run the server, of all.
  const shown = data?.filter(({ id }) => runsServer || id === me?.workspace.id)
  return (
    <Section
      title={texts.sections.workspaces}
      text={texts.workspacesText}
      side={
        runsServer && (
          <Button look="primary" onClick={() => setNamed('new')}>
            <Plus aria-hidden />
            {texts.addWorkspace}
          </Button>
        )
      }
    >
      {error && <ErrorBox error={error} onRetry={() => void refetch()} />}
      {!data && !error && <Skeleton rows={6} />}
      {shown?.map((workspace) => (
        <OneWorkspace key={workspace.id} workspace={workspace} isHere={workspace.id === me?.workspace.id} onRename={() => setNamed(workspace)} />
      ))}
      {named !== null && <NameDialog workspace={named === 'new' ? null : named} onClose={() => setNamed(null)} />}
    </Section>
  )
}

function OneWorkspace({ workspace, isHere, onRename }: { workspace: Workspace; isHere: boolean; onRename: () => void }) {
  const texts = useSettingsTexts()
  const { access } = useTexts()
  const isOwner = useMay('workspaces.rename')
  const [open, setOpen] = useState(isHere)
  return (
    <Card className={open ? undefined : '[&>div]:border-b-0'}>
      <CardTitle
        side={
          <>
            {isOwner && (
              <Button size="small" look="ghost" aria-label={`${texts.rename} ${workspace.name}`} onClick={onRename}>
                {texts.rename}
              </Button>
            )}
            <Button size="small" aria-expanded={open} aria-label={`${texts.members} ${workspace.name}`} onClick={() => setOpen(!open)}>
              {texts.members}
            </Button>
          </>
        }
      >
        <span className="flex items-center gap-2">
          <span className="truncate">{workspace.name}</span>
          <code className="font-mono text-xs font-normal text-muted">{workspace.slug}</code>
          {isHere && <Badge tone="accent">{texts.here}</Badge>}
          {workspace.role && <span className="text-xs font-normal text-muted">{access.roles[workspace.role]}</span>}
        </span>
      </CardTitle>
      {open && <Members workspace={workspace} />}
    </Card>
  )
}

function NameDialog({ workspace, onClose }: { workspace: Workspace | null; onClose: () => void }) {
  const texts = useSettingsTexts()
  const { access, common } = useTexts()
  const [name, setName] = useState(workspace?.name ?? '')
  return (
    <FormDialog
      title={workspace ? texts.renameOf(workspace.name) : texts.addWorkspace}
      text={workspace ? texts.renameText : texts.addWorkspaceText}
      action={common.save}
      onClose={onClose}
      onSubmit={async () => {
        await (workspace ? client.workspaces.rename({ id: workspace.id, name }) : client.workspaces.create({ name }))
        if (!workspace) toast(texts.workspaceAdded(name))
        await peopleChanged()
      }}
    >
      {(issue) => (
        <Field label={access.name} error={issue('name')}>
          {(field) => <Input {...field} required maxLength={100} value={name} onChange={(event) => setName(event.target.value)} />}
        </Field>
      )}
    </FormDialog>
  )
}
