import { HookError } from '@cadre/contract/forgehook'
import { arrayIndex, child, formatPointer, parsePointer } from './pointer.ts'
import { copyOf, equal, isObject, needShallow, setMember, sizeOf } from './json-value.ts'

export type Operation =
  | { op: 'add' | 'replace' | 'test'; path: string; value: unknown }
  | { op: 'remove'; path: string }
  | { op: 'move' | 'copy'; path: string; from: string }
/** As a caller writes it; what its `op` needs beside the path is checked here. */
export type GivenOperation = { op: Operation['op']; path: string; from?: string; value?: unknown }

/** Copying a document into itself doubles it each time. */
const MAX_COPIED = 1_000_000

type Document = { root: unknown; copied: number }

/** RFC 6902. All operations or none: the target that was given is never touched. */
export function patch({ target, operations }: { target: unknown; operations: GivenOperation[] }) {
  needShallow(target, 'target')
  const document: Document = { root: copyOf(target), copied: 0 }
  for (const [index, operation] of operations.entries()) apply(document, operation, `operations[${index}]`)
  needShallow(document.root, 'operations')
  return { result: document.root }
}

function apply(document: Document, operation: GivenOperation, at: string) {
  const path = parsePointer(operation.path, `${at}.path`)
  switch (operation.op) {
    case 'add':
      return add(document, path, valueOf(operation, at), at)
    case 'remove':
      remove(document, path, `${at}.path`)
      return
    case 'replace':
      find(document, path, `${at}.path`)
      return replace(document, path, valueOf(operation, at), at)
    case 'test':
      if (!equal(find(document, path, `${at}.path`), valueOf(operation, at)))
        throw new HookError(`the test failed: the value at ${shown(path)} is another; nothing was changed`, at)
      return
    default:
      return transfer(document, operation, path, at)
  }
}

function transfer(document: Document, operation: GivenOperation, path: string[], at: string) {
  if (operation.from === undefined) throw new HookError(`is needed for ${operation.op}`, `${at}.from`)
  const from = parsePointer(operation.from, `${at}.from`)
  if (operation.op === 'copy') {
    const value = find(document, from, `${at}.from`)
    document.copied += sizeOf(value)
    if (document.copied > MAX_COPIED) throw new HookError(`the copies hold more than ${MAX_COPIED} values; nothing was changed`, at)
    return add(document, path, copyOf(value), at)
  }
  if (path.length > from.length && from.every((token, index) => token === path[index]))
    throw new HookError(`${shown(from)} cannot be moved into itself (${shown(path)})`, `${at}.path`)
  // Moving a value to its own place does nothing, but it has to be there.
  const value = find(document, from, `${at}.from`)
  if (path.length === from.length && from.every((token, index) => token === path[index])) return
  remove(document, from, `${at}.from`)
  add(document, path, value, at)
}

function valueOf(operation: GivenOperation, at: string): unknown {
  if (operation.value === undefined) throw new HookError(`is needed for ${operation.op} (null is a value)`, `${at}.value`)
  needShallow(operation.value, `${at}.value`)
  return copyOf(operation.value)
}

function find(document: Document, path: string[], field: string): unknown {
  let value = document.root
  for (const [index, token] of path.entries()) {
    const next = child(value, token)
    if (!next.found)
      throw new HookError(`there is nothing at ${shown(path.slice(0, index + 1))}${reasonFor(value, token)}; nothing was changed`, field)
    value = next.value
  }
  return value
}

function reasonFor(container: unknown, token: string): string {
  if (Array.isArray(container))
    return arrayIndex(token) === undefined ? ` ("${token}" is no place in a list)` : ` (the list has ${container.length} items)`
  return isObject(container) ? '' : ' (what holds it is neither an object nor a list)'
}

function add(document: Document, path: string[], value: unknown, at: string) {
  const last = path.at(-1)
  if (last === undefined) {
    document.root = value
    return
  }
  const parent = find(document, path.slice(0, -1), `${at}.path`)
  if (Array.isArray(parent)) {
    const index = last === '-' ? parent.length : arrayIndex(last)
    if (index === undefined || index > parent.length)
      throw new HookError(
        `"${last}" is no place in the list, which has ${parent.length} items; use an index up to that, or "-" for its end; nothing was changed`,
        `${at}.path`,
      )
    parent.splice(index, 0, value)
  } else if (isObject(parent)) setMember(parent, last, value)
  else throw new HookError(`what is at ${shown(path.slice(0, -1))} is neither an object nor a list; nothing was changed`, `${at}.path`)
}

function replace(document: Document, path: string[], value: unknown, at: string) {
  const last = path.at(-1)
  const parent = last === undefined ? undefined : find(document, path.slice(0, -1), `${at}.path`)
  // A list's item changes in its place: taking it out and putting the new one in would move all behind it twice.
  if (last === undefined) document.root = value
  else if (Array.isArray(parent)) parent[Number(last)] = value
  else if (isObject(parent)) setMember(parent, last, value)
}

function remove(document: Document, path: string[], field: string) {
  find(document, path, field)
  const last = path.at(-1)
  if (last === undefined) {
    // A document without its root is no document; RFC 6902 leaves open what it is then.
    throw new HookError('the whole document cannot be removed; replace it with null', field)
  }
  const parent = find(document, path.slice(0, -1), field)
  if (Array.isArray(parent)) parent.splice(Number(last), 1)
  else if (isObject(parent)) delete parent[last]
}

function shown(path: string[]): string {
  return path.length === 0 ? 'the root' : formatPointer(path)
}
