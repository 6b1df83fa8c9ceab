import { createHash } from 'node:crypto'
import type { CallPattern } from '@cadre/contract/approvals'
import { canonicalJson } from '@cadre/contract/canonical-json'

type Input = Record<string, unknown>

/** What an approved call says about later ones: the named fields stay as they are, its others are free. */
export function patternOf(input: Input, fixed: readonly string[]): CallPattern {
  const entries = Object.entries(input)
  return {
    fixed: Object.fromEntries(entries.filter(([field]) => fixed.includes(field))),
    open: entries.flatMap(([field]) => (fixed.includes(field) ? [] : [field])),
  }
}

/** A field that the approved call did not have was never looked at: a call that has one is another call. */
export function matchesPattern({ fixed, open }: CallPattern, input: Input): boolean {
  return (
    Object.keys(fixed).every((field) => Object.hasOwn(input, field) && canonicalJson(input[field]) === canonicalJson(fixed[field])) &&
    Object.keys(input).every((field) => Object.hasOwn(fixed, field) || open.includes(field))
  )
}

/** Equal for the same arguments, in whatever order their fields are. */
export function inputHash(input: unknown): string {
  return createHash('sha256').update(canonicalJson(input)).digest('hex')
}
