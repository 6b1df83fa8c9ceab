import type { PartyRef } from '@cadre/contract/participants'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogBody, DialogFooter } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Field, Input, Select } from '../../ui/field.tsx'
import { ChooseParties } from './choose-parties.tsx'
import { projectsQuery, roomsChanged } from './conversation-queries.ts'

/** With one other it is direct, with several a group; a channel stands in a project, for everybody. */
export function NewConversation({ onClose, onMade }: { onClose: () => void; onMade: (id: string) => void }) {
  const texts = useTexts()
  const { roomForm } = texts
  const { data: projects = [] } = useQuery(projectsQuery)
  const [isChannel, setChannel] = useState(false)
  const [chosen, setChosen] = useState<PartyRef[]>([])
  const [title, setTitle] = useState('')
  const [project, setProject] = useState('')
  const [projectName, setProjectName] = useState('')
  const [isTried, setTried] = useState(false)
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const projectId = project || projects[0]?.id || ''
  const isNewProject = project === 'new' || projects.length === 0
  const missing = {
    who: !isChannel && chosen.length === 0,
    title: isChannel && title.trim() === '',
    project: isChannel && isNewProject && projectName.trim() === '',
  }

  const make = async () => {
    setTried(true)
    if (Object.values(missing).some(Boolean)) return
    setBusy(true)
    setError(null)
    try {
      const named = title.trim() === '' ? null : title.trim()
      const project_id = !isChannel ? undefined : isNewProject ? (await client.projects.create({ name: projectName.trim() })).id : projectId
      const kind = isChannel ? 'channel' : chosen.length === 1 && named === null ? 'dm' : 'group'
      const { id } = await client.conversations.create({
        kind,
        title: named,
        participants: chosen,
        ...(project_id === undefined ? {} : { project_id }),
      })
      await Promise.all([roomsChanged(), queries.invalidateQueries({ queryKey: ['projects'] })])
      onMade(id)
    } catch (error) {
      setError(error)
      setBusy(false)
    }
  }

  return (
    <Dialog open onClose={onClose} title={roomForm.newTitle} text={roomForm.newText}>
      <form
        className="contents"
        onSubmit={(event) => {
          event.preventDefault()
          void make()
        }}
      >
        <DialogBody className="flex flex-col gap-4">
          <Field label={roomForm.kind}>
            {(field) => (
              <Select {...field} value={isChannel ? 'channel' : 'talk'} onChange={(event) => setChannel(event.target.value === 'channel')}>
                <option value="talk">{roomForm.kinds.talk}</option>
                <option value="channel">{roomForm.kinds.channel}</option>
              </Select>
            )}
          </Field>
          {isChannel && (
            <Field label={roomForm.project}>
              {(field) => (
                <Select {...field} value={isNewProject ? 'new' : projectId} onChange={(event) => setProject(event.target.value)}>
                  {projects.map(({ id, name }) => (
                    <option key={id} value={id}>
                      {name}
                    </option>
                  ))}
                  <option value="new">{roomForm.newProject}</option>
                </Select>
              )}
            </Field>
          )}
          {isChannel && isNewProject && (
            <Field label={roomForm.projectName} required error={isTried && missing.project ? texts.common.required : undefined}>
              {(field) => <Input {...field} maxLength={200} value={projectName} onChange={(event) => setProjectName(event.target.value)} />}
            </Field>
          )}
          <div>
            <p className="mb-1 text-[13px] font-medium">{roomForm.who}</p>
            <ChooseParties chosen={chosen} onChange={setChosen} />
            {isTried && missing.who && (
              <p role="alert" className="mt-1 text-xs text-danger">
                {roomForm.pickOne}
              </p>
            )}
          </div>
          <Field
            label={roomForm.title}
            required={isChannel}
            hint={isChannel ? undefined : roomForm.titleHint}
            error={isTried && missing.title ? texts.common.required : undefined}
          >
            {(field) => <Input {...field} maxLength={200} value={title} onChange={(event) => setTitle(event.target.value)} />}
          </Field>
          {error !== null && <ErrorBox error={error} />}
        </DialogBody>
        <DialogFooter>
          <Button onClick={onClose}>{texts.common.cancel}</Button>
          <Button look="primary" type="submit" busy={busy}>
            {roomForm.create}
          </Button>
        </DialogFooter>
      </form>
    </Dialog>
  )
}
