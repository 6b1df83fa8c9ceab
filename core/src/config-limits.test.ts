import { tmpdir } from 'node:os'
import { expect, test } from 'vitest'
import { loadConfig } from './config.ts'

const load = (env: Record<string, string> = {}) => loadConfig({ env: { CADRE_CONFIG: '', ...env }, cwd: tmpdir() })

test('limits are generous, and nobody is trusted', () => {
  const { limits, audit_days, key_previous } = load()
  expect(limits).toEqual({ rate: 600, trusted_proxies: [], max_queue: 10_000 })
  expect([audit_days, key_previous]).toEqual([null, null])
})

test('each can be set', () => {
  const { limits, audit_days } = load({
    CADRE_RATE_LIMIT: '30',
    CADRE_TRUSTED_PROXIES: '10.0.0.0/8, ::1',
    CADRE_MAX_QUEUE: '5',
    CADRE_AUDIT_DAYS: '365',
  })
  expect(limits).toEqual({ rate: 30, trusted_proxies: ['10.0.0.0/8', '::1'], max_queue: 5 })
  expect(audit_days).toBe(365)
})

test('no limit is for this machine alone', () => {
  for (const HOST of ['127.0.0.1', 'localhost', '::1', '[::1]']) expect(load({ CADRE_RATE_LIMIT: 'off', HOST }).limits.rate).toBeNull()
  for (const HOST of ['0.0.0.0', '::', '192.0.2.1', 'cadre.example'])
    expect(() => load({ CADRE_RATE_LIMIT: 'off', HOST })).toThrow(
      `CADRE_RATE_LIMIT: off is for load tests on this machine; ${HOST} can be reached from others`,
    )
})

test.each([
  ['CADRE_RATE_LIMIT', '0'],
  ['CADRE_RATE_LIMIT', 'none'],
  ['CADRE_RATE_LIMIT', '1.5'],
  ['CADRE_TRUSTED_PROXIES', 'proxy.example'],
  ['CADRE_TRUSTED_PROXIES', '10.0.0.0/33'],
  ['CADRE_TRUSTED_PROXIES', '10.1'],
  ['CADRE_MAX_QUEUE', '-1'],
  ['CADRE_AUDIT_DAYS', '0'],
])('%s=%s is refused by its name', (name, value) => {
  expect(() => load({ [name]: value })).toThrow(`${name}: must be `)
})
