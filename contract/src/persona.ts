import type { IssueCode, IssueParams } from './errors.ts'

/** Who an agent is. Its system prompt is made of this. */
export type Persona = {
  name: string
  description: string | null
  role: string | null
  backstory: string | null
  goal: string | null
  system_prompt: string
}

/** What `prompt_template` is where an agent has none of its own. */
export const defaultPromptTemplate = `{{#role}}
You are {{name}}. Your role: {{role}}

{{/role}}
{{#backstory}}
Your background: {{backstory}}

{{/backstory}}
{{#goal}}
Your goal: {{goal}}

{{/goal}}
{{system_prompt}}`

const names = ['name', 'description', 'role', 'backstory', 'goal', 'system_prompt'] as const
type Name = (typeof names)[number]
/** `sections`: those that it stands in, from the outermost; it is shown if all of them are. */
type Part = { text: string; name: Name | null; sections: Section[] }
type Section = { name: Name; isInverted: boolean }

/** In UTF-16 units. */
export const mostPrompt = 500_000

/**
 * The whole language of templates: `{{role}}` puts a field in as it is, `{{#role}}...{{/role}}` shows what stands between where the field
 * is filled, `{{^role}}...{{/role}}` where it is not. A section's tag that has its line to itself takes the line away with it. What a field
 * holds is never read as a template.
 * @throws PromptError that says what is wrong with the template.
 */
export function fillPrompt(template: string, persona: Persona): string {
  const isFilled = (name: Name) => (persona[name] ?? '').trim() !== ''
  const shown = parse(template).filter(({ sections }) => sections.every(({ name, isInverted }) => isFilled(name) !== isInverted))
  let length = 0
  const filled = shown.map(({ text, name }) => {
    const piece = name === null ? text : (persona[name] ?? '')
    length += piece.length
    if (length > mostPrompt) throw refused('prompt_too_long', { most: mostPrompt }, `makes a prompt of more than ${mostPrompt} characters`)
    return piece
  })
  return filled.join('').trim()
}

/** The system prompt of an agent. One that has nothing but that is shown exactly this. */
export function effectivePrompt(persona: Persona & { prompt_template: string | null }): string {
  const { role, backstory, goal, prompt_template, system_prompt } = persona
  const isPlain = prompt_template === null && [role, backstory, goal].every((field) => (field ?? '').trim() === '')
  return isPlain ? system_prompt : fillPrompt(prompt_template ?? defaultPromptTemplate, persona)
}

export type PromptProblem = { code: IssueCode; params: IssueParams; message: string }

export class PromptError extends Error {
  override name = 'PromptError'
  readonly problem: PromptProblem
  constructor(problem: PromptProblem) {
    super(problem.message)
    this.problem = problem
  }
}

/** Undefined: the template can be filled. */
export function templateProblem(template: string): PromptProblem | undefined {
  try {
    parse(template)
    return undefined
  } catch (error) {
    if (error instanceof PromptError) return error.problem
    throw error
  }
}

const tags = /\{\{([#^/]?)\s*([^{}]*?)\s*\}\}/g
const mostTags = 1_000

function parse(template: string): Part[] {
  const parts: Part[] = []
  const open: Section[] = []
  let at = 0
  const add = (text: string, name: Name | null) => parts.push({ text, name, sections: [...open] })
  for (const match of template.matchAll(tags)) {
    const [tag, sign, inner = ''] = match
    const name = names.find((each) => each === inner)
    if (!name) throw refused('template_unknown_name', { name: inner, names: names.join(', ') }, `{{${inner}}} is none of ${names.join(', ')}`)
    if (parts.length > 2 * mostTags) throw refused('template_too_many_tags', { most: mostTags }, `has more than ${mostTags} tags`)
    const end = match.index + tag.length
    const line = sign === '' ? undefined : wholeLine(template, match.index, end)
    add(template.slice(at, Math.max(at, line?.start ?? match.index)), null)
    at = line?.end ?? end
    if (sign === '') add('', name)
    else if (sign === '/') {
      const last = open.pop()
      if (!last) throw refused('template_closes_nothing', { name }, `{{/${name}}} closes nothing`)
      if (last.name !== name)
        throw refused('template_crossed', { name, open: last.name }, `{{/${name}}} stands where {{/${last.name}}} is to be closed`)
    } else open.push({ name, isInverted: sign === '^' })
  }
  add(template.slice(at), null)
  const last = open.at(-1)
  if (last) throw refused('template_never_closed', { name: last.name }, `{{#${last.name}}} is never closed by {{/${last.name}}}`)
  return parts
}

function refused(code: IssueCode, params: IssueParams, message: string) {
  return new PromptError({ code, params, message })
}

function wholeLine(template: string, start: number, end: number): { start: number; end: number } | undefined {
  const from = template.lastIndexOf('\n', start - 1) + 1
  const newline = template.indexOf('\n', end)
  const to = newline === -1 ? template.length : newline + 1
  const isAlone = template.slice(from, start).trim() === '' && template.slice(end, to).trim() === ''
  return isAlone ? { start: from, end: to } : undefined
}
