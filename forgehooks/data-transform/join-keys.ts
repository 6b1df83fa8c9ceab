import { HookError } from '@cadre/contract/forgehook'
import { needColumn } from './rows-shared.ts'

export type KeyPair = { left: string; right: string }
type On = string | { left: string | string[]; right: string | string[] }
export type OnInput = { on?: On | On[]; left_on?: string | string[]; right_on?: string | string[] }

/** The key columns, however they were named: on, or left_on with right_on. */
export function needKeys(
  { on, left_on: leftOn, right_on: rightOn }: OnInput,
  leftColumns: string[],
  rightColumns: string[],
  isCross: boolean,
): KeyPair[] {
  if (isCross) {
    if (on !== undefined || leftOn !== undefined || rightOn !== undefined) throw new HookError('does not go with type cross', 'on')
    return []
  }
  if ((leftOn === undefined) !== (rightOn === undefined))
    throw new HookError('left_on and right_on go together', leftOn === undefined ? 'left_on' : 'right_on')
  if ((on === undefined) === (leftOn === undefined)) throw new HookError('give either on, or left_on and right_on', 'on')
  const keys =
    on === undefined
      ? pairs(leftOn as string | string[], rightOn as string | string[], 'left_on')
      : [on].flat().flatMap((key, index) => pairsOf(key, `on[${index}]`))
  if (keys.length === 0) throw new HookError('must name at least one column', 'on')
  for (const [index, key] of keys.entries()) {
    needColumn(leftColumns, key.left, `${on === undefined ? 'left_on' : 'on'}[${index}] (left table)`)
    needColumn(rightColumns, key.right, `${on === undefined ? 'right_on' : 'on'}[${index}] (right table)`)
  }
  return keys
}

function pairsOf(key: On, at: string): KeyPair[] {
  return typeof key === 'string' ? [{ left: key, right: key }] : pairs(key.left, key.right, at)
}

function pairs(left: string | string[], right: string | string[], at: string): KeyPair[] {
  const [one, two] = [[left].flat(), [right].flat()]
  if (one.length !== two.length) throw new HookError(`names ${one.length} columns on the left and ${two.length} on the right`, at)
  return one.map((name, index) => ({ left: name, right: two[index] as string }))
}
