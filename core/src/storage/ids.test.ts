import { expect, test } from 'vitest'
import { firstIdAt, newId } from './ids.ts'

test('ids are of one shape, unique and in order', () => {
  const ids = Array.from({ length: 100_000 }, () => newId('run'))
  expect(ids.every((id) => /^run_[0-9a-hjkmnp-tv-z]{26}$/.test(id))).toBe(true)
  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.toSorted()).toEqual(ids)
})

test('a time is a bound between the ids made before and after it', () => {
  const before = newId('run')
  const later = Date.now() + 1
  expect(before < firstIdAt('run', later)).toBe(true)
  expect(before >= firstIdAt('run', later - 60_000)).toBe(true)
  while (Date.now() < later);
  expect(newId('run') >= firstIdAt('run', later)).toBe(true)
  expect(firstIdAt('run', -5)).toBe(`run_${'0'.repeat(26)}`)
  expect(firstIdAt('run', 1e20)).toHaveLength(30)
})
