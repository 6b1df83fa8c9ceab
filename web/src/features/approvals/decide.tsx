import type { Approval, DecideApproval } from '@cadre/contract/approvals'
import { CadreError } from '@cadre/client'
import { Check, X } from 'lucide-react'
import { useId, useState } from 'react'
import { useTexts } from '../../i18n/texts.ts'
import { client, queries } from '../../lib/api.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { toast } from '../../ui/toast.ts'
import { useMay } from '../access/access-queries.ts'
import { approvalsChanged } from './approval-queries.ts'
import { DecideAlways } from './decide-always.tsx'
import { DecideEdit } from './decide-edit.tsx'
import { DecideReject } from './decide-reject.tsx'

export type Decision = Pick<DecideApproval, 'decision'> & Partial<DecideApproval>
export type AnswerProps = { approval: Approval; busy: boolean; error: unknown; onDecide: (decision: Decision) => void; onClose: () => void }
type Asked = 'always' | 'edit' | 'reject'

const forms = { always: DecideAlways, edit: DecideEdit, reject: DecideReject }

/** The answers to one question: two at once, the others after a little more. */
export function Decide({ approval }: { approval: Approval }) {
  const { approvals: texts } = useTexts()
  const mayDecide = useMay('approvals.decide', approval.agent.id)
  const mayAlways = useMay('agents.update', approval.agent.id)
  const [asked, setAsked] = useState<Asked | null>(null)
  const [busy, setBusy] = useState<string | null>(null)
  const [error, setError] = useState<unknown>(null)
  const id = useId()
  const Form = asked && forms[asked]

  const decide = async (name: string, decision: Decision) => {
    setBusy(name)
    setError(null)
    try {
      await client.approvals.decide({ id: approval.id, ...decision })
      toast(decision.decision === 'approve' ? texts.approvedToast : texts.rejectedToast)
      await Promise.all([approvalsChanged(), queries.invalidateQueries({ queryKey: ['runs'] })])
    } catch (error) {
      setError(error)
      // Somebody else was first, or its time is over: then it is no question any more.
      if (error instanceof CadreError && error.status === 409) await approvalsChanged()
    } finally {
      setBusy(null)
    }
  }
  const open = (which: Asked) => {
    setError(null)
    setAsked(asked === which ? null : which)
  }
  const more = (which: Asked, label: string) => (
    <Button look={asked === which ? 'on' : 'plain'} aria-expanded={asked === which} aria-controls={id} onClick={() => open(which)}>
      {which === 'reject' && <X aria-hidden />}
      {label}
    </Button>
  )
  if (!mayDecide) return <p className="text-[13px] text-muted">{texts.notYours}</p>
  return (
    <div>
      <div className="flex flex-wrap gap-2">
        <Button look="primary" busy={busy === 'once'} onClick={() => void decide('once', { decision: 'approve' })}>
          {busy !== 'once' && <Check aria-hidden />}
          {texts.approve}
        </Button>
        <Button busy={busy === 'run'} title={texts.approveRunHint} onClick={() => void decide('run', { decision: 'approve', scope: 'run' })}>
          {texts.approveRun}
        </Button>
        {mayAlways && more('always', texts.always)}
        {more('edit', texts.edit)}
        {more('reject', texts.reject)}
      </div>
      <div id={id}>
        {Form && (
          <Form
            approval={approval}
            busy={busy === asked}
            error={error}
            onDecide={(decision) => void decide(asked ?? '', decision)}
            onClose={() => setAsked(null)}
          />
        )}
        {error !== null && (
          <div className="mt-3">
            <ErrorBox error={error} />
          </div>
        )}
      </div>
    </div>
  )
}
