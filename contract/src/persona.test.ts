import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { defaultPromptTemplate, effectivePrompt, fillPrompt, mostPrompt, templateProblem } from './persona.ts'

const nobody = { name: 'Ana', description: null, role: null, backstory: null, goal: null, system_prompt: '', prompt_template: null }

describe('the default template', () => {
  test('makes a prompt of what there is', () => {
    const whole = {
      ...nobody,
      role: 'Tax adviser',
      backstory: 'Twenty years at the counter.',
      goal: 'Nobody pays too much.',
      system_prompt: 'Be brief.',
    }
    expect(effectivePrompt(whole)).toBe(
      'You are Ana. Your role: Tax adviser\n\nYour background: Twenty years at the counter.\n\nYour goal: Nobody pays too much.\n\nBe brief.',
    )
    expect(effectivePrompt({ ...whole, backstory: null, goal: ' ', system_prompt: '' })).toBe('You are Ana. Your role: Tax adviser')
  })

  test('leaves an agent that has only a system prompt exactly this, whatever stands in it', () => {
    fc.assert(fc.property(fc.string(), (system_prompt) => effectivePrompt({ ...nobody, system_prompt }) === system_prompt))
    expect(effectivePrompt({ ...nobody, system_prompt: ' {{role}} {{#x}}\n' })).toBe(' {{role}} {{#x}}\n')
  })
})

test.each([
  ['{{name}}: {{role}}{{^goal}}, aimless{{/goal}}', 'Ana: R, aimless'],
  ['a\n  {{#role}}\n{{ role }}\r\n  {{/role}}  \nb', 'a\nR\r\nb'],
  ['{{#role}}{{#goal}}both{{/goal}}{{^goal}}one{{/goal}}{{/role}}', 'one'],
  ['{{#role}}x{{/role}} {"a": {"b": 1}} {{{role}}}', 'x {"a": {"b": 1}} {R}'],
])('%j', (template, text) => expect(fillPrompt(template, { ...nobody, role: 'R' })).toBe(text))

test.each([
  ['{{roll}}', '{{roll}} is none of name, description, role'],
  ['{{constructor}}', 'is none of'],
  ['{{#role}}', '{{#role}} is never closed by {{/role}}'],
  ['{{/role}}', '{{/role}} closes nothing'],
  ['{{#role}}{{#goal}}{{/role}}{{/goal}}', '{{/role}} stands where {{/goal}} is to be closed'],
  ['{{role}}'.repeat(5_000), 'more than 1000 tags'],
])('%.40s is refused', (template, problem) => expect(templateProblem(template)?.message).toContain(problem))

test('what a field holds is text and no template, and its size is bounded', () => {
  const role = fc.constantFrom('{{goal}}', '{{#role}}', '$&', '{{/role}}', 'R')
  fc.assert(fc.property(role, (text) => fillPrompt('<{{role}}>', { ...nobody, role: text, goal: 'secret' }) === `<${text}>`))
  expect(() => fillPrompt('{{system_prompt}}'.repeat(3), { ...nobody, system_prompt: 'x'.repeat(200_000) })).toThrow(
    `more than ${mostPrompt} characters`,
  )
  expect(templateProblem(defaultPromptTemplate)).toBeUndefined()
})
