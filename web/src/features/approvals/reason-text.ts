import type { ApprovalReason } from '@cadre/contract/approvals'
import type { Texts } from '../../i18n/en.ts'

/** Why somebody is asked, in the reader's language; the server's words where it does not say what they are about. */
export function reasonText({ code, params = {}, message }: ApprovalReason, { because }: Pick<Texts['approvals'], 'because'>): string {
  const text = (name: string) => (params[name] === undefined ? null : String(params[name]))
  if (code === 'manifest' || code === 'agent') {
    const about = text(code === 'manifest' ? 'tool' : 'rule')
    return about === null ? message : because[code](about)
  }
  const step = (kind: 'private' | 'untrusted') => {
    const [tool, number, run] = [text(`${kind}_tool`), text(`${kind}_step`), text(`${kind}_run`)]
    return tool === null || number === null || run === null ? null : because.step(tool, number, run)
  }
  const [secret, foreign] = [step('private'), step('untrusted')]
  return secret === null || foreign === null ? message : because.data_flow(secret, foreign)
}
