import { HookError } from '@cadre/contract/forgehook'
import { isObject, MAX_DEPTH, needShallow, setMember, type JsonObject } from './json-value.ts'

/**
 * One level of `a.b[0].c` for each value that is not an object or list with something in it. A name that holds the
 * separator, `[` or `\` is written with `\` before each, so that unflatten gives back what there was; an empty name at
 * the root is written `\]`.
 */
export function flatten({ data, separator = '.' }: { data: unknown; separator?: string }) {
  needSeparator(separator)
  needShallow(data, 'data')
  const flat: JsonObject = {}
  walk(data, '', true, separator, flat)
  return { flat }
}

// At the root a name has no separator before it, so an empty one would not be seen.
const EMPTY = '\\]'

function walk(value: unknown, path: string, root: boolean, separator: string, flat: JsonObject) {
  const items = Array.isArray(value) ? value : isObject(value) ? Object.entries(value) : []
  if (items.length === 0) {
    if (!root || Array.isArray(value) || !isObject(value)) setMember(flat, path, value)
    return
  }
  if (Array.isArray(value)) {
    for (const [index, item] of value.entries()) walk(item, `${path}[${index}]`, false, separator, flat)
    return
  }
  for (const [name, item] of Object.entries(value as JsonObject)) {
    const written = escaped(name, separator)
    walk(item, root ? written || EMPTY : `${path}${separator}${written}`, false, separator, flat)
  }
}

/** A letter is escaped where the separator would be read from it on, also together with the separator that follows. */
function escaped(name: string, separator: string): string {
  const followed = name + separator
  let written = ''
  for (const [index, letter] of [...name.split('').entries()])
    written += letter === '\\' || letter === '[' || followed.startsWith(separator, index) ? `\\${letter}` : letter
  return written
}

function needSeparator(separator: string) {
  if (separator === '' || /[[\]\\]/.test(separator)) throw new HookError('must not be empty, and must not hold [, ] or \\', 'separator')
}

type Step = { kind: 'name'; name: string } | { kind: 'index'; index: number }
type Branch = { kind: 'object' | 'list'; children: Map<string, Branch | Leaf> }
type Leaf = { kind: 'leaf'; value: unknown }

/** The reverse of flatten. Items of a list may come in any order, but none may be missing. */
export function unflatten({ flat, separator = '.' }: { flat: JsonObject; separator?: string }) {
  needSeparator(separator)
  const entries = Object.entries(flat)
  if (entries.length === 0) return { data: {} }
  if (entries.length === 1 && entries[0]?.[0] === '') return { data: entries[0][1] }
  let root: Branch | undefined
  for (const [key, value] of entries) {
    const steps = stepsOf(key, separator)
    root ??= branchFor(steps[0] as Step)
    insert(root, steps, value, key)
  }
  return { data: built(root as Branch, '') }
}

function branchFor(step: Step): Branch {
  return { kind: step.kind === 'name' ? 'object' : 'list', children: new Map() }
}

function insert(root: Branch, steps: Step[], value: unknown, key: string) {
  let at = root
  for (const [index, step] of steps.entries()) {
    if (at.kind !== branchFor(step).kind)
      throw new HookError(
        step.kind === 'index' ? 'it makes a list of what another name makes an object' : 'it makes an object of what another name makes a list',
        fieldOf(key),
      )
    const name = step.kind === 'name' ? step.name : String(step.index)
    const known = at.children.get(name)
    const next = steps[index + 1]
    if (known?.kind === 'leaf' || (known && !next)) throw new HookError('another name gives a value to the same place', fieldOf(key))
    const made = known ?? (next ? branchFor(next) : { kind: 'leaf' as const, value })
    if (!known) at.children.set(name, made)
    if (made.kind !== 'leaf') at = made
  }
}

function built(node: Branch | Leaf, path: string): unknown {
  if (node.kind === 'leaf') return node.value
  if (node.kind === 'object') return Object.fromEntries([...node.children].map(([name, item]) => [name, built(item, `${path}.${name}`)]))
  return Array.from({ length: node.children.size }, (_, index) => {
    const item = node.children.get(String(index))
    if (!item) throw new HookError(`the list at "${path.replace(/^\./, '')}" has ${node.children.size} items, but not [${index}]`, 'flat')
    return built(item, `${path}[${index}]`)
  })
}

function stepsOf(key: string, separator: string): Step[] {
  const steps: Step[] = []
  let name: string | undefined = key.startsWith('[') ? undefined : ''
  let at = 0
  while (at < key.length) {
    const index = /^\[(0|[1-9]\d{0,8})\]/.exec(key.slice(at, at + 12))
    if (index) {
      if (name !== undefined) steps.push({ kind: 'name', name })
      name = undefined
      steps.push({ kind: 'index', index: Number(index[1]) })
      at += index[0].length
    } else if (key.startsWith(separator, at)) {
      if (name !== undefined) steps.push({ kind: 'name', name })
      name = ''
      at += separator.length
    } else {
      if (name === undefined) throw new HookError(`after "]" comes "${separator}" or "["`, fieldOf(key))
      const isEscape = key[at] === '\\' && at + 1 < key.length
      const letter = key[isEscape ? at + 1 : at] as string
      name += isEscape && letter === ']' ? '' : letter
      at += isEscape ? 2 : 1
    }
  }
  if (name !== undefined) steps.push({ kind: 'name', name })
  if (steps.length > MAX_DEPTH) throw new HookError(`it is nested more than ${MAX_DEPTH} deep`, fieldOf(key))
  return steps
}

function fieldOf(key: string): string {
  return `flat[${JSON.stringify(key.length > 60 ? `${key.slice(0, 57)}...` : key)}]`
}
