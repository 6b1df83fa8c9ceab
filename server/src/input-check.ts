import type { Issue } from '@cadre/contract/errors'
import { pathText } from './issues.ts'

/** Levels of objects and lists in one input, the outermost counted. */
export const maxDepth = 32

/** What no schema asks: text that a database or a model would choke on. Returns the first thing wrong, or null. */
export function checkInput(value: unknown, path: PropertyKey[] = [], depth = 1): Issue | null {
  if (typeof value === 'string') {
    const wrong = wrongText(value)
    return wrong ? issue(path, wrong) : null
  }
  if (typeof value === 'number') return Number.isFinite(value) ? null : issue(path, 'is a number too large to hold')
  if (typeof value !== 'object' || value === null) return null
  if (depth > maxDepth) return issue(path, tooDeep)
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = checkInput(value[i], [...path, i], depth + 1)
      if (found) return found
    }
    return null
  }
  for (const key of Object.keys(value)) {
    const here = [...path, key]
    if (key === '__proto__') return issue(here, 'is not allowed as the name of a field')
    const wrong = wrongText(key)
    if (wrong) return issue(here, `the name of this field ${wrong}`)
    const found = checkInput((value as Record<string, unknown>)[key], here, depth + 1)
    if (found) return found
  }
  return null
}

export const tooDeep = `is nested more than ${maxDepth} levels deep`

export function wrongText(text: string) {
  if (text.includes('\0')) return 'contains a NUL character (\\u0000)'
  if (!text.isWellFormed()) return 'contains half of a surrogate pair, which is no character'
  return null
}

function issue(path: PropertyKey[], message: string): Issue {
  // Enough of a deep path to find the place.
  return { path: pathText(path.slice(0, 12)) || 'body', message }
}
