import type { AuditVerdict } from '@cadre/contract/audit'
import { ShieldAlert, ShieldCheck } from 'lucide-react'
import { useState } from 'react'
import { useSettingsTexts } from '../../i18n/settings-texts.ts'
import { useFormat } from '../../i18n/texts.ts'
import { client } from '../../lib/api.ts'
import { useAct } from '../../ui/use-act.ts'
import { Button } from '../../ui/button.tsx'
import { ErrorBox } from '../../ui/error-box.tsx'
import { Field, Input } from '../../ui/field.tsx'
import { Card } from '../../ui/parts.tsx'
import { useIssue } from '../../ui/use-issue.ts'

/** Whether the log is as it was written; with a place and hash that were noted earlier, also that nothing up to there was taken back. */
export function VerifyAudit() {
  const texts = useSettingsTexts()
  const [seq, setSeq] = useState('')
  const [hash, setHash] = useState('')
  const [verdict, setVerdict] = useState<AuditVerdict | null>(null)
  const { busy, error, act } = useAct<'verify'>()
  const issue = useIssue(error)
  const verify = () =>
    act('verify', async () => {
      setVerdict(null)
      const noted = { ...(seq.trim() ? { seq: Number(seq) } : {}), ...(hash.trim() ? { hash: hash.trim() } : {}) }
      setVerdict(await client.audit.verify(noted))
    })
  return (
    <Card className="p-4 text-[13px]">
      <form
        className="flex flex-col gap-3"
        onSubmit={(event) => {
          event.preventDefault()
          void verify()
        }}
      >
        <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
          <p className="min-w-0 flex-1 basis-64 text-muted">{texts.verifyText}</p>
          <Button type="submit" busy={busy === 'verify'}>
            {busy !== 'verify' && <ShieldCheck aria-hidden />}
            {texts.verify}
          </Button>
        </div>
        <details>
          <summary className="cursor-pointer text-muted">{texts.verifyNoted}</summary>
          <div className="mt-2 grid grid-cols-1 gap-3 sm:grid-cols-[8rem_minmax(0,1fr)]">
            <Field label={texts.verifySeq} error={issue('seq')}>
              {(field) => <Input {...field} inputMode="numeric" value={seq} onChange={(event) => setSeq(event.target.value)} />}
            </Field>
            <Field label={texts.verifyHash} error={issue('hash')}>
              {(field) => (
                <Input {...field} className="font-mono text-xs" spellCheck={false} value={hash} onChange={(event) => setHash(event.target.value)} />
              )}
            </Field>
          </div>
        </details>
      </form>
      <div aria-live="polite">{verdict && <Verdict verdict={verdict} />}</div>
      {error !== null && (
        <div className="mt-3">
          <ErrorBox error={error} />
        </div>
      )}
    </Card>
  )
}

function Verdict({ verdict: { ok, entries, first_seq, last_seq, last_hash, problems } }: { verdict: AuditVerdict }) {
  const texts = useSettingsTexts()
  const format = useFormat()
  const Icon = ok ? ShieldCheck : ShieldAlert
  return (
    <div className={`mt-3 rounded-lg p-3 ${ok ? 'bg-success-soft' : 'bg-danger-soft'}`}>
      <p className="flex items-start gap-2 font-medium">
        <Icon className={`mt-0.5 size-4 shrink-0 ${ok ? 'text-success' : 'text-danger'}`} aria-hidden />
        {ok ? texts.verifyOk(format.number(entries)) : texts.verifyBad(format.number(problems.length))}
      </p>
      {first_seq > 1 && <p className="mt-1">{texts.verifyFrom(format.number(first_seq))}</p>}
      <ul className="mt-1">
        {problems.map(({ seq, what, message }) => (
          <li key={`${seq} ${what} ${message}`} className="break-words">
            {texts.problemAt(format.number(seq), texts.problems[what])} {message}
          </li>
        ))}
      </ul>
      {ok && entries > 0 && (
        <p className="mt-1">
          {texts.verifyNote} <code className="break-all font-mono text-xs">{`${last_seq} ${last_hash}`}</code>
        </p>
      )}
    </div>
  )
}
