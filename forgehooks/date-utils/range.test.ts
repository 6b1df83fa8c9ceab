import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('./', import.meta.url), handlers)
const NY = { time_zone: 'America/New_York' }

test.each([
  [{ from: '2024-01-31', to: '2024-05-31', unit: 'month' }, ['2024-01-31', '2024-02-29', '2024-03-31', '2024-04-30', '2024-05-31']],
  [{ from: '2024-05-31', to: '2024-02-28', unit: 'month' }, ['2024-05-31', '2024-04-30', '2024-03-31', '2024-02-29']],
  [{ from: '2024-02-29', to: '2028-02-29', unit: 'years', step: 2 }, ['2024-02-29', '2026-02-28', '2028-02-29']],
  [{ from: '2024-01-01', to: '2024-02-01', unit: 'week', step: 2 }, ['2024-01-01', '2024-01-15', '2024-01-29']],
  [{ from: '2024-01-03', to: '2024-01-01' }, ['2024-01-03', '2024-01-02', '2024-01-01']],
  [{ from: '2024-01-01', to: '2024-01-01' }, ['2024-01-01']],
  [{ from: '9999-12-30', to: '9999-12-31' }, ['9999-12-30', '9999-12-31']],
  [{ from: '2024-03-09', to: '2024-03-11', ...NY }, ['2024-03-09', '2024-03-10', '2024-03-11']],
  [{ from: '2024-03-10 01:00', to: '2024-03-10 03:00', unit: 'hours', ...NY }, ['2024-03-10T01:00:00-05:00', '2024-03-10T03:00:00-04:00']],
  [
    { from: '2024-03-09 02:30', to: '2024-03-11 02:30', ...NY },
    ['2024-03-09T02:30:00-05:00', '2024-03-10T03:30:00-04:00', '2024-03-11T02:30:00-04:00'],
  ],
])('%j', async (input, dates) => {
  expect(await call('/range', input)).toMatchObject({ dates, count: dates.length })
})

test('a limit cuts, and says so', async () => {
  expect(await call('/range', { from: '2020-01-01', to: '2024-01-01', limit: 2 })).toEqual({
    dates: ['2020-01-01', '2020-01-02'],
    count: 2,
    truncated: true,
  })
  expect(await call('/range', { from: '2020-01-01', to: '2020-01-02', limit: 2 })).not.toHaveProperty('truncated')
})

test.each([
  [{ from: '2000-01-01', to: '2100-01-01' }, /more than 10000/],
  [{ from: '2024-01-01', to: '2024-01-03', step: -1 }, /leads away/],
  [{ from: '2024-01-01', to: '2024-01-03', step: 0 }, /step/],
])('%j is refused', async (input, reason) => {
  await expect(call('/range', input)).rejects.toThrow(reason)
})
