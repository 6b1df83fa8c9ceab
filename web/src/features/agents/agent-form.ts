import { CadreError } from '@cadre/client'
import { CreateAgent, definitionOf } from '@cadre/contract/agents'
import { zodResolver } from '@hookform/resolvers/zod'
import { useEffect } from 'react'
import { type FieldPath, type Resolver, useForm, type UseFormSetError } from 'react-hook-form'
import { config, locales, type z } from 'zod'
import type { Texts } from '../../i18n/en.ts'
import { useLanguage } from '../../i18n/texts.ts'
import { explainError } from '../../ui/error-box.tsx'
import { issueText } from '../../ui/use-issue.ts'
import { isOwn, type SeenAgent } from './agent-queries.ts'

export type AgentFields = z.input<typeof CreateAgent> & { config: NonNullable<z.input<typeof CreateAgent>['config']> }

/** A form whose rules are the contract's own. */
export function useAgentForm(agent: SeenAgent | null) {
  const { locale } = useLanguage()
  useEffect(() => {
    config(locale === 'pt-BR' ? locales.pt() : locales.en())
  }, [locale])
  return useForm<AgentFields, unknown, CreateAgent>({
    resolver: zodResolver(CreateAgent) as Resolver<AgentFields, unknown, CreateAgent>,
    defaultValues: agent && isOwn(agent) ? definitionOf(agent) : newAgent(),
    mode: 'onTouched',
  })
}

/** As the contract fills in what is left out. */
function newAgent(): AgentFields {
  return { ...CreateAgent.parse({ name: '-', system_prompt: '-' }), name: '', system_prompt: '' }
}

const steps: Record<string, 0 | 1> = { tools: 1 }
/** Which of the form's steps shows a field. */
export const stepOf = (field: string): 0 | 1 => steps[field.split('.')[0] ?? ''] ?? 0

/** What the server refuses stands at its field. @returns whether all of it found one. */
export function showIssues(error: unknown, setError: UseFormSetError<AgentFields>, texts: Texts): boolean {
  if (!(error instanceof CadreError)) return false
  if (error.code === 'AGENT_NAME_TAKEN' || error.code === 'AGENT_SLUG_TAKEN') {
    setError('name', { message: explainError(error, texts).what })
    return true
  }
  for (const issue of error.issues) setError(issue.path.replace(/\[(\d+)\]/g, '.$1') as FieldPath<AgentFields>, { message: issueText(issue, texts) })
  return error.issues.length > 0
}
