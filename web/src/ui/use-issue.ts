import { CadreError, type Issue } from '@cadre/client'
import type { Texts } from '../i18n/en.ts'
import { useTexts } from '../i18n/texts.ts'

/** What is wrong with one field, in the reader's language; the server's words where it gives no code, or one that this page does not know. */
export function issueText({ code, params = {}, message }: Issue, { byCode }: Pick<Texts, 'byCode'>): string {
  return code !== undefined && byCode && Object.hasOwn(byCode.issues, code) ? byCode.issues[code](params) : message
}

/** What the server has against the first of these fields that it names, or against a part of one. */
export function useIssue(error: unknown): (...fields: string[]) => string | undefined {
  const texts = useTexts()
  const issues = error instanceof CadreError ? error.issues : []
  return (...fields) => {
    const found = issues.find(({ path }) => fields.some((field) => path === field || path.startsWith(`${field}[`) || path.startsWith(`${field}.`)))
    return found && issueText(found, texts)
  }
}
