import type { Issue } from '@cadre/contract/errors'
import { pathText } from './issues.ts'

/** Levels of objects and lists in one input, the outermost counted. */
export const maxDepth = 32

/** What no schema asks: text that a database or a model would choke on. Returns the first thing wrong, or null. */
export function checkInput(value: unknown): Issue | null {
  const found = firstWrong(value, 1)
  // Enough of a deep path to find the place.
  return found && { path: pathText(found.path.reverse().slice(0, 12)) || 'body', message: found.message }
}

/** The way to it from the inside out: it is put together on the way back, so that right input pays nothing for it. */
type Wrong = { message: string; path: PropertyKey[] }

function firstWrong(value: unknown, depth: number): Wrong | null {
  if (typeof value === 'string') return wrongHere(wrongText(value))
  if (typeof value === 'number') return Number.isFinite(value) ? null : wrongHere('is a number too large to hold')
  if (typeof value !== 'object' || value === null) return null
  if (depth > maxDepth) return wrongHere(tooDeep)
  if (Array.isArray(value)) {
    for (let i = 0; i < value.length; i++) {
      const found = firstWrong(value[i], depth + 1)
      if (found) return at(i, found)
    }
    return null
  }
  for (const key of Object.keys(value)) {
    if (key === '__proto__') return at(key, { message: 'is not allowed as the name of a field', path: [] })
    const wrong = wrongText(key)
    if (wrong) return at(key, { message: `the name of this field ${wrong}`, path: [] })
    const found = firstWrong((value as Record<string, unknown>)[key], depth + 1)
    if (found) return at(key, found)
  }
  return null
}

function wrongHere(message: string | null): Wrong | null {
  return message === null ? null : { message, path: [] }
}

function at(key: PropertyKey, wrong: Wrong): Wrong {
  wrong.path.push(key)
  return wrong
}

export const tooDeep = `is nested more than ${maxDepth} levels deep`

export function wrongText(text: string) {
  if (text.includes('\0')) return 'contains a NUL character (\\u0000)'
  if (!text.isWellFormed()) return 'contains half of a surrogate pair, which is no character'
  return null
}
