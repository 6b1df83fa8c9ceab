import { HookError } from '@cadre/contract/forgehook'

export type JsonObject = Record<string, unknown>

/** Deeper than this the runtime takes no answer, and recursion would end in a full stack. */
export const MAX_DEPTH = 490

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/** Sets a member by whatever name; plain assignment to `__proto__` would change the object's prototype. */
export function setMember(object: JsonObject, name: string, value: unknown) {
  if (name === '__proto__') Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true })
  else object[name] = value
}

/** Every verb that walks a value by recursion asks this first. */
export function needShallow(value: unknown, field: string) {
  const open: { value: unknown; depth: number }[] = [{ value, depth: 1 }]
  for (let next = open.pop(); next; next = open.pop()) {
    if (typeof next.value !== 'object' || next.value === null) continue
    if (next.depth > MAX_DEPTH) throw new HookError(`is nested more than ${MAX_DEPTH} deep`, field)
    for (const item of Array.isArray(next.value) ? next.value : Object.values(next.value)) open.push({ value: item, depth: next.depth + 1 })
  }
}

/** Equality of JSON values (RFC 6902, section 4.6): the order of an object's members says nothing. */
export function equal(a: unknown, b: unknown): boolean {
  if (a === b) return true
  if (Array.isArray(a)) return Array.isArray(b) && a.length === b.length && a.every((item, index) => equal(item, b[index]))
  if (!isObject(a) || !isObject(b)) return false
  const names = Object.keys(a)
  return names.length === Object.keys(b).length && names.every((name) => Object.hasOwn(b, name) && equal(a[name], b[name]))
}

/** A copy that shares nothing. */
export function copyOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(copyOf)
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([name, item]): [string, unknown] => [name, copyOf(item)])) : value
}

/** How many values there are in a value. */
export function sizeOf(value: unknown): number {
  if (typeof value !== 'object' || value === null) return 1
  let size = 1
  for (const item of Array.isArray(value) ? value : Object.values(value)) size += sizeOf(item)
  return size
}
