import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('./', import.meta.url), handlers)

test.each([
  [{ from: '2024-12-23', to: '2024-12-31', holidays: ['25/12/2024', '2024-12-28', '2024-12-25'] }, 6],
  [{ from: '2024-03-04', to: '2024-03-04' }, 1],
  [{ from: '2024-03-09', to: '2024-03-10' }, 0],
  [{ from: '2024-03-08', to: '2024-03-04' }, -5],
  [{ from: '2024-03-04', to: '2024-03-08', include_from: false }, 4],
  [{ from: '2024-03-08', to: '2024-03-04', include_from: false }, -4],
  [{ from: '2024-03-04', to: '2024-03-04', include_from: false, include_to: false }, 0],
  [{ from: '2024-03-09', to: '2024-03-11', include_from: false }, 1],
  [{ from: '2024-03-04', to: '2024-03-10', weekend: ['Friday', 'sat'] }, 5],
  [{ from: '2024-03-04', to: '2024-03-10', weekend: [0, 6] }, 5],
  [{ from: '2024-03-04', to: '2024-03-10', weekend: [] }, 7],
  [{ from: '2024-03-04', to: '2024-03-10', weekend: [7], holidays: ['2024-03-10'] }, 6],
])('count %j', async (input, expected) => {
  expect((await call('/business_days', input)).business_days).toBe(expected)
})

test.each([
  [{ from: '2024-03-08', add: 1, holidays: ['2024-03-11'] }, '2024-03-12'],
  [{ from: '2024-03-09', add: 1 }, '2024-03-11'],
  [{ from: '2024-03-11', add: -1 }, '2024-03-08'],
  [{ from: '2024-03-09', add: 0 }, '2024-03-09'],
  [{ from: '2024-03-07', add: 2, weekend: [5, 6] }, '2024-03-11'],
])('go on %j', async (input, expected) => {
  expect((await call('/business_days', input)).date).toBe(expected)
})

test('doubt about a holiday is said', async () => {
  expect((await call('/business_days', { from: '2024-03-04', add: 1, holidays: ['01/05/2024'] })).warnings).toEqual([
    'holidays[0]: read as month 1, day 5; it may be day 1, month 5',
  ])
  expect(await call('/business_days', { from: '2024-03-04', add: 1, holidays: ['01/05/2024'], order: 'dmy' })).not.toHaveProperty('warnings')
})

test.each([
  [{ from: '2024-03-11' }, /either "to"/],
  [{ from: '2024-03-11', to: '2024-03-12', add: 1 }, /either "to"/],
  [{ from: '2024-03-11', add: 1, weekend: [1, 2, 3, 4, 5, 6, 7] }, /no business day/],
  [{ from: '2024-03-11', add: 1, weekend: ['someday'] }, /weekend\[0\]/],
  [{ from: '2024-03-11', add: 1, holidays: ['2024-02-30'] }, /holidays\[0\]: .*no day 30/],
  [{ from: '9999-12-31', add: 1 }, /years 1 to 9999/],
])('%j is refused', async (input, reason) => {
  await expect(call('/business_days', input)).rejects.toThrow(reason)
})
