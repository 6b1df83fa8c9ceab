import ipaddr from 'ipaddr.js'
import { z } from 'zod'
import { ConfigError } from './config-error.ts'

/** How much at once, and how often. */
export type LimitsConfig = {
  /** Calls a minute of one caller; those without a key have a tenth. Null: no limit. */
  rate: number | null
  /** Addresses and blocks (10.0.0.0/8) whose X-Forwarded-For is believed. */
  trusted_proxies: string[]
  /** Runs that may wait for a worker before new ones are refused. */
  max_queue: number
}

const whole = (min: number, max: number, otherwise = '') =>
  z
    .union([z.number(), z.string()])
    .transform((value) => (typeof value === 'string' && /^\d+$/.test(value.trim()) ? Number(value) : value))
    .refine(
      (value) => typeof value === 'number' && Number.isInteger(value) && value >= min && value <= max,
      `must be a whole number from ${min} to ${max}${otherwise}`,
    )
    .transform(Number)
const rate = z.union([z.literal(['off', false]).transform(() => 'off' as const), whole(1, 10_000_000, ', or off')], 'must be a whole number, or off')
const words = z
  .union([z.array(z.string()), z.string().transform((text) => text.split(','))])
  .transform((list) => list.map((word) => word.trim()).filter(Boolean))
const proxies = words.refine((list) => list.every(isAddressOrBlock), 'must be addresses or blocks such as 10.0.0.0/8, not names')

/** The lines of the table in config.ts that are about limits. */
export const limitsSettings = {
  CADRE_RATE_LIMIT: { yaml: 'server.rate_limit', schema: rate, secret: false },
  CADRE_TRUSTED_PROXIES: { yaml: 'server.trusted_proxies', schema: proxies, secret: false },
  CADRE_MAX_QUEUE: { yaml: 'max_queue', schema: whole(1, 10_000_000), secret: false },
  CADRE_RUN_DAYS: { yaml: 'run_days', schema: whole(1, 100_000), secret: false },
  CADRE_AUDIT_DAYS: { yaml: 'audit_days', schema: whole(1, 100_000), secret: false },
} as const

type Read = <N extends keyof typeof limitsSettings>(name: N) => z.output<(typeof limitsSettings)[N]['schema']> | undefined

export function limitsConfig(value: Read, host: string): LimitsConfig {
  const given = value('CADRE_RATE_LIMIT') ?? 600
  if (given === 'off' && !/^(localhost|::1|127(\.\d{1,3}){3})$/.test(host))
    throw new ConfigError(`CADRE_RATE_LIMIT: off is for load tests on this machine; ${host} can be reached from others, so give it a number`)
  return {
    rate: given === 'off' ? null : given,
    trusted_proxies: value('CADRE_TRUSTED_PROXIES') ?? [],
    max_queue: value('CADRE_MAX_QUEUE') ?? 10_000,
  }
}

function isAddressOrBlock(text: string) {
  return text.includes('/') ? ipaddr.isValidCIDR(text) : ipaddr.IPv4.isValidFourPartDecimal(text) || ipaddr.IPv6.isValid(text)
}
