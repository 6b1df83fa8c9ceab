import { HookError } from '@cadre/contract/forgehook'

/** Finds what an option means: case, spaces, "-" and "_" say nothing, and `also` names what people write instead. */
export function chosen<T extends string>(given: string, known: readonly T[], field: string, also: Record<string, T> = {}): T {
  const plain = (name: string) => name.toLowerCase().replace(/[\s_.-]/g, '')
  const wanted = plain(given)
  const found = known.find((name) => plain(name) === wanted) ?? Object.entries(also).find(([name]) => plain(name) === wanted)?.[1]
  if (!found) throw new HookError(`${JSON.stringify(given)} is not known; known: ${known.join(', ')}`, field)
  return found
}
