import { ApprovalReason } from '@cadre/contract/approvals'
import { errorStatus, issueCodes } from '@cadre/contract/errors'
import { templateProblem } from '@cadre/contract/persona'
import { Asked, ImportRefusal } from '@cadre/contract/plugin-transfer'
import { describe, expect, test } from 'vitest'
import { reasonText } from '../features/approvals/reason-text.ts'
import { issueText } from '../ui/use-issue.ts'
import * as errorsInEnglish from './en/errors.ts'
import { transfer } from './en/transfer.ts'
import { en, type Texts } from './en.ts'
import * as errorsInPortuguese from './pt-br/errors.ts'
import { transfer as transferencia } from './pt-br/transfer.ts'
import { ptBR } from './pt-br.ts'
import type { TextsByCode } from './texts-by-code.ts'
import type { TransferTexts } from './transfer-texts.ts'

const languages: [string, Texts, TextsByCode, TransferTexts][] = [
  ['en', en, errorsInEnglish, transfer],
  ['pt-BR', ptBR, errorsInPortuguese, transferencia],
]
const params = {
  least: 2,
  most: 3,
  values: 'a, b',
  name: 'rôle',
  names: 'role, goal',
  open: 'goal',
  tool: 'mail__send',
  rule: 'mail__*',
  private_tool: 'mail__inbox',
  private_step: 1,
  private_run: 'run_1',
  untrusted_tool: 'mail__web',
  untrusted_step: 2,
  untrusted_run: 'run_2',
}

describe.each(languages)('what the server says by a code, in %s', (locale, texts, byCode, { hooks }) => {
  test('every error has a headline and what to do', () => {
    expect(Object.keys(byCode.errors).toSorted()).toEqual(Object.keys(errorStatus).toSorted())
    for (const { what, todo } of Object.values(byCode.errors)) for (const text of [what, todo]) expect(text).toMatch(/^\p{Lu}.+\.$/u)
  })

  test('everything that can be wrong with a field has words, with its values', () => {
    expect(Object.keys(byCode.issues).toSorted()).toEqual([...issueCodes].toSorted())
    for (const code of issueCodes) {
      const said = issueText({ path: 'x', message: 'the words of the server', code, params }, { byCode })
      expect(said).toMatch(/\S{2}/)
      expect(said).not.toMatch(/undefined|the words of the server/)
    }
  })

  test('every reason to ask has a name and words, with its values', () => {
    for (const code of ApprovalReason.shape.code.options) {
      expect(texts.approvals.reasons[code]).toMatch(/\S/)
      expect(reasonText({ code, message: 'older', params }, texts.approvals)).not.toMatch(/undefined|older/)
      // Asked by an older version, which gave no values.
      expect(reasonText({ code, message: 'older' }, texts.approvals)).toBe('older')
    }
  })

  test('why a ForgeHook is not imported, and all that one may ask for', () => {
    expect(Object.keys(hooks.why).toSorted()).toEqual(ImportRefusal.shape.code.options.toSorted())
    expect(Object.keys(hooks.asks).toSorted()).toEqual(Asked.shape.what.options.toSorted())
    for (const text of [...Object.values(hooks.why), ...Object.values(hooks.asks)]) expect(text).toMatch(/\S{2}/)
  })

  test('a code that this page does not know is said in the words of the server', () => {
    expect(issueText({ path: 'x', message: 'is odd', code: 'constructor' as never }, { byCode })).toBe('is odd')
    expect(issueText({ path: 'x', message: 'is odd' }, { byCode })).toBe('is odd')
  })

  test('what is wrong with a template', () => {
    const said = (template: string) => issueText({ path: 'prompt_template', ...templateProblem(template)! }, { byCode })
    expect([said('{{rôle}}'), said('{{#role}}'), said('{{/role}}'), said('{{#role}}{{#goal}}{{/role}}')]).toEqual(
      locale === 'en'
        ? [
            '{{rôle}} is none of name, description, role, backstory, goal, system_prompt',
            '{{#role}} is never closed by {{/role}}',
            '{{/role}} closes nothing',
            '{{/role}} stands where {{/goal}} is to be closed',
          ]
        : [
            '{{rôle}} não é um destes: name, description, role, backstory, goal, system_prompt',
            '{{#role}} nunca é fechado por {{/role}}',
            '{{/role}} não fecha nada',
            '{{/role}} está onde {{/goal}} deve fechar',
          ],
    )
  })
})
