import { expect, test } from 'vitest'
import { readAuditSearch } from './audit-search.ts'

test('what the address says that is no filter is left out', () => {
  expect(readAuditSearch({ action: 'users', actor: '', target: 7, from: '2026-11-21', to: 'tomorrow', other: 'x' })).toEqual({
    action: 'users',
    actor: undefined,
    target: undefined,
    from: '2026-11-21',
    to: undefined,
  })
})
