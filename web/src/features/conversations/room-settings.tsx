import { ConversationPolicyPatch, type PartyRef } from '@cadre/contract/participants'
import { useNavigate } from '@tanstack/react-router'
import { Trash2, X } from 'lucide-react'
import { useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { client } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogBody, DialogFooter } from '../../ui/dialog.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Field, Input, Select } from '../../ui/field.tsx'
import { toast } from '../../ui/toast.ts'
import { Avatar } from './avatar.tsx'
import { BudgetFields, budgetForm, budgetOf } from './budget-fields.tsx'
import { ChooseParties } from './choose-parties.tsx'
import { useAttempt, useNameOf, useRoom } from './room-context.ts'

/** As the server has them: another way to take turns stands here as soon as it can be had. */
const turns = ConversationPolicyPatch.shape.turns.unwrap().options

/** Title, topic, who is in it, and how agents answer there. */
export function RoomSettings({ onClose, onEnd }: { onClose: () => void; onEnd: () => void }) {
  const texts = useTexts()
  const { roomForm } = texts
  const navigate = useNavigate()
  const attempt = useAttempt()
  const { conversation, may } = useRoom()
  const { policy } = conversation
  const conversationId = conversation.id
  const [form, setForm] = useState({
    title: conversation.title ?? '',
    topic: conversation.topic ?? '',
    turns: policy.turns,
    debounce: String(policy.debounce_ms / 1_000),
    context: String(policy.context_messages),
    hops: String(policy.max_hops),
    retention: policy.retention_days === null ? '' : String(policy.retention_days),
    language: policy.language ?? '',
    budget: budgetForm(policy.budget),
  })
  const [busy, setBusy] = useState(false)
  const [error, setError] = useState<unknown>(null)
  const [isDeleting, setDeleting] = useState(false)
  const set = (change: Partial<typeof form>) => setForm((before) => ({ ...before, ...change }))
  const patch = ConversationPolicyPatch.safeParse({
    turns: form.turns,
    debounce_ms: numberOf(form.debounce, 1_000),
    context_messages: numberOf(form.context),
    max_hops: numberOf(form.hops),
    retention_days: form.retention.trim() === '' ? null : numberOf(form.retention),
    language: form.language === '' ? null : form.language,
    budget: budgetOf(form.budget),
  })
  const wrong = (field: string) => (patch.error?.issues.some(({ path }) => path[0] === field) ? roomForm.number : undefined)
  const languages = [...new Set(['en', 'pt-BR', ...(policy.language === null ? [] : [policy.language])])]

  const save = async () => {
    if (!patch.success) return
    setBusy(true)
    setError(null)
    try {
      const title = form.title.trim() === '' ? null : form.title.trim()
      const topic = form.topic.trim() === '' ? null : form.topic
      await client.conversations.update({ conversationId, title, topic, policy: patch.data })
      toast(roomForm.saved)
      onClose()
    } catch (error) {
      setError(error)
      setBusy(false)
    }
  }
  const remove = async () => {
    if (!(await attempt(() => client.conversations.delete({ conversationId })))) return
    toast(roomForm.deletedNow)
    onEnd()
    await navigate({ to: '/conversations' })
  }

  if (isDeleting) {
    return (
      <Dialog open onClose={() => setDeleting(false)} title={roomForm.deleteTitle} text={roomForm.deleteText} className="max-w-md">
        <DialogFooter>
          <Button onClick={() => setDeleting(false)}>{texts.common.cancel}</Button>
          <Button look="danger" onClick={() => void remove()}>
            {roomForm.delete}
          </Button>
        </DialogFooter>
      </Dialog>
    )
  }
  return (
    <Dialog open onClose={onClose} title={roomForm.settingsTitle}>
      <form
        className="contents"
        onSubmit={(event) => {
          event.preventDefault()
          void save()
        }}
      >
        <DialogBody className="flex flex-col gap-4">
          <fieldset disabled={!may.manage} className="contents">
            <Field label={roomForm.title} hint={roomForm.titleHint}>
              {(field) => <Input {...field} maxLength={200} value={form.title} onChange={(event) => set({ title: event.target.value })} />}
            </Field>
            <Field label={roomForm.topic} required={false}>
              {(field) => <Input {...field} maxLength={2_000} value={form.topic} onChange={(event) => set({ topic: event.target.value })} />}
            </Field>
          </fieldset>
          <Participants />
          <fieldset disabled={!may.manage} className="flex flex-col gap-3">
            <legend className="mb-2 text-[13px] font-semibold">{roomForm.answers}</legend>
            <Field label={roomForm.turns}>
              {(field) => (
                <Select {...field} value={form.turns} onChange={(event) => set({ turns: event.target.value as typeof form.turns })}>
                  {turns.map((each) => (
                    <option key={each} value={each}>
                      {roomForm.turnsAre[each] ?? each}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <Field label={roomForm.debounce} error={wrong('debounce_ms')}>
              {(field) => <Input {...field} inputMode="decimal" value={form.debounce} onChange={(event) => set({ debounce: event.target.value })} />}
            </Field>
            <Field label={roomForm.context} error={wrong('context_messages')}>
              {(field) => <Input {...field} inputMode="numeric" value={form.context} onChange={(event) => set({ context: event.target.value })} />}
            </Field>
            <Field label={roomForm.hops} error={wrong('max_hops')}>
              {(field) => <Input {...field} inputMode="numeric" value={form.hops} onChange={(event) => set({ hops: event.target.value })} />}
            </Field>
            <Field label={roomForm.retention} hint={roomForm.retentionHint} error={wrong('retention_days')}>
              {(field) => (
                <Input {...field} inputMode="numeric" value={form.retention} onChange={(event) => set({ retention: event.target.value })} />
              )}
            </Field>
            <Field label={roomForm.language}>
              {(field) => (
                <Select {...field} value={form.language} onChange={(event) => set({ language: event.target.value })}>
                  <option value="">{roomForm.languageGuessed}</option>
                  {languages.map((each) => (
                    <option key={each} value={each}>
                      {texts.shell.languages[each as 'en'] ?? each}
                    </option>
                  ))}
                </Select>
              )}
            </Field>
            <BudgetFields form={form.budget} onChange={(budget) => set({ budget })} isWrong={wrong('budget') !== undefined} />
          </fieldset>
          {error !== null && <ErrorBox error={error} />}
        </DialogBody>
        <DialogFooter>
          {may.manage && (
            <Button look="danger" className="mr-auto" onClick={() => setDeleting(true)}>
              <Trash2 aria-hidden />
              {roomForm.delete}
            </Button>
          )}
          <Button onClick={onClose}>{may.manage ? texts.common.cancel : texts.common.close}</Button>
          {may.manage && (
            <Button look="primary" type="submit" busy={busy} disabled={!patch.success}>
              {texts.common.save}
            </Button>
          )}
        </DialogFooter>
      </form>
    </Dialog>
  )
}

/** NaN is refused by the schema, with the field's name. */
const numberOf = (text: string, times = 1) => (text.trim() === '' ? Number.NaN : Math.round(Number(text.replace(',', '.')) * times * 1_000) / 1_000)

/** Whoever is added or removed is so at once. */
function Participants() {
  const texts = useTexts()
  const { conversation, me, may } = useRoom()
  const nameOf = useNameOf()
  const attempt = useAttempt()
  const [isAdding, setAdding] = useState(false)
  const { participants } = conversation
  const add = ({ kind, id }: PartyRef) => void attempt(() => client.conversations.addParticipant({ conversationId: conversation.id, kind, id }))
  return (
    <section>
      <h3 className="mb-1 text-[13px] font-semibold">{texts.roomForm.participants}</h3>
      <ul className="mb-2 flex flex-col">
        {participants.map(({ kind, id, name, role }) => {
          const said = nameOf({ kind, id }, name)
          return (
            <li key={`${kind} ${id}`} className="flex h-9 items-center gap-2 text-[13px]">
              <Avatar small kind={kind} id={id} name={said} />
              <span className="truncate">{said}</span>
              {role === 'owner' && <span className="text-xs text-muted">{texts.roomForm.owner}</span>}
              {may.manage && conversation.kind !== 'dm' && !(kind === 'user' && id === me) && (
                <Button
                  look="ghost"
                  size="smallIcon"
                  className="ml-auto"
                  aria-label={texts.roomForm.removeFrom(said)}
                  onClick={() => void attempt(() => client.conversations.removeParticipant({ conversationId: conversation.id, kind, id }))}
                >
                  <X aria-hidden />
                </Button>
              )}
            </li>
          )
        })}
      </ul>
      {may.manage &&
        conversation.kind !== 'dm' &&
        (isAdding ? (
          <ChooseParties chosen={[]} without={participants} onChange={([party]) => party && add(party)} />
        ) : (
          <Button size="small" onClick={() => setAdding(true)}>
            {texts.roomForm.add}
          </Button>
        ))}
    </section>
  )
}
