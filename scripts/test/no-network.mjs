/**
 * Preloaded into every process that the tests start (it hands itself on through NODE_OPTIONS): whoever dials or looks up anything but this
 * machine is refused, and what was tried is kept, so that the test fails even where the caller swallows the error.
 */
import { appendFileSync } from 'node:fs'
import dns from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import net from 'node:net'

const itself = `--import=${import.meta.url}`
if (!process.env.NODE_OPTIONS?.includes(itself)) process.env.NODE_OPTIONS = `${process.env.NODE_OPTIONS ?? ''} ${itself}`.trim()

/** Also read by scripts/test/fail-on-network.ts. */
const attempts = (globalThis[Symbol.for('cadre.network-attempts')] ??= [])

function isHere(address) {
  return /^(127\.|::1$|::ffff:127\.|0\.0\.0\.0$|::$)/.test(address)
}

function refused(what) {
  attempts.push(what)
  const log = process.env.TEST_NETWORK_LOG
  if (log) appendFileSync(log, `${what} (process ${process.pid}: ${process.argv.slice(1, 3).join(' ')})\n`)
  return Object.assign(new Error(`tests must not reach the network: ${what}`), { code: 'ECONNREFUSED' })
}

/** The error of looking up this name, or undefined when it may be looked up. Reserved names exist nowhere: answered here, and no offence. */
function lookupError(name) {
  if (!name || net.isIP(name) || /(^|\.)localhost$/.test(name)) return undefined
  if (/\.(invalid|test|example)$/.test(name)) return Object.assign(new Error(`getaddrinfo ENOTFOUND ${name}`), { code: 'ENOTFOUND', hostname: name })
  return refused(`lookup of ${name}`)
}

const { lookup } = dns
dns.lookup = (name, ...rest) => {
  const error = lookupError(name)
  if (!error) return lookup(name, ...rest)
  process.nextTick(rest.at(-1), error)
}
const promised = dns.promises.lookup
dns.promises.lookup = async (name, ...rest) => {
  const error = lookupError(name)
  if (error) throw error
  return promised(name, ...rest)
}

const { connect } = net.Socket.prototype
net.Socket.prototype.connect = function (...args) {
  const options = optionsOf(args)
  if (options?.host && net.isIP(options.host) && !isHere(options.host)) {
    this.destroy(refused(`connection to ${options.host}:${options.port}`))
    return this
  }
  if (options?.lookup) options.lookup = checked(options.lookup)
  return connect.apply(this, args)
}

/** connect(options), connect(port, host), connect(path), and the array that net.connect makes of them. */
function optionsOf(args) {
  const first = Array.isArray(args[0]) ? args[0][0] : args[0]
  if (first && typeof first === 'object') return first
  return /^\d+$/.test(String(first)) ? { port: first, host: typeof args[1] === 'string' ? args[1] : undefined } : undefined
}

/** A caller's own lookup may give any address; it is dialled without another `connect`. */
function checked(ownLookup) {
  return (name, options, callback) =>
    ownLookup(name, options, (error, address, family) => {
      const all = Array.isArray(address) ? address.map((one) => one.address) : [address]
      const away = error ? undefined : all.find((one) => one && !isHere(one))
      if (away) callback(refused(`connection to ${away} (${name})`))
      else callback(error, address, family)
    })
}

syncBuiltinESMExports()
