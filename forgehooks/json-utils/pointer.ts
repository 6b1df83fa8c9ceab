import { HookError } from '@cadre/contract/forgehook'

/** RFC 6901. The reference tokens of a pointer; '' points to the whole document. */
export function parsePointer(pointer: string, field: string): string[] {
  if (pointer === '') return []
  if (!pointer.startsWith('/'))
    throw new HookError(`${JSON.stringify(pointer)} is not a JSON pointer; one begins with "/", or is empty for the whole document`, field)
  if (/~(?![01])/.test(pointer))
    throw new HookError(`${JSON.stringify(pointer)} is not a JSON pointer; "~" is written ~0 and "/" inside a name ~1`, field)
  return pointer
    .slice(1)
    .split('/')
    .map((token) => token.replaceAll('~1', '/').replaceAll('~0', '~'))
}

export function formatPointer(tokens: readonly (string | number)[]): string {
  return tokens.map((token) => `/${String(token).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('')
}

/** An index without leading zeros (RFC 6901, section 4), or undefined. */
export function arrayIndex(token: string): number | undefined {
  return /^(?:0|[1-9]\d{0,9})$/.test(token) ? Number(token) : undefined
}

/** What a token names in a container; `found` is false where there is nothing. Never what an object inherits. */
export function child(container: unknown, token: string): { found: boolean; value: unknown } {
  if (Array.isArray(container)) {
    const index = arrayIndex(token)
    return index !== undefined && index < container.length ? { found: true, value: container[index] } : { found: false, value: null }
  }
  if (typeof container === 'object' && container !== null && Object.hasOwn(container, token))
    return { found: true, value: (container as Record<string, unknown>)[token] }
  return { found: false, value: null }
}

/** RFC 6901, section 6: a pointer as the fragment of a URI, percent-encoded behind "#". */
function fromFragment(pointer: string): string {
  if (!pointer.startsWith('#')) return pointer
  try {
    return decodeURIComponent(pointer.slice(1))
  } catch {
    throw new HookError(
      `${JSON.stringify(pointer)} is not a JSON pointer; behind "#" it is percent-encoded, and "%" itself is written %25`,
      'pointer',
    )
  }
}

export function get({ data, pointer }: { data: unknown; pointer: string }) {
  let at: { found: boolean; value: unknown } = { found: true, value: data }
  for (const token of parsePointer(fromFragment(pointer), 'pointer')) {
    at = child(at.value, token)
    if (!at.found) break
  }
  return at
}
