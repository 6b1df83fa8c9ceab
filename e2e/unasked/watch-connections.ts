import dgram from 'node:dgram'
import dns from 'node:dns'
import { appendFileSync } from 'node:fs'
import { syncBuiltinESMExports } from 'node:module'
import { isIP, Socket } from 'node:net'

// Loaded by --import before anything else of a process: writes each place that it dials or looks up into the file WATCHED_CONNECTIONS.

const file = process.env['WATCHED_CONNECTIONS'] ?? ''
const note = (what: string) => appendFileSync(file, `${what}\n`)

// Every client socket of node:net, node:http, node:tls and undici goes through here.
const connect = Socket.prototype.connect
Socket.prototype.connect = function (this: Socket, ...given: unknown[]) {
  // net.connect hands its arguments on in a list of its own.
  const [first, second] = Array.isArray(given[0]) ? (given[0] as unknown[]) : given
  const { host, port, path } =
    typeof first === 'object' && first !== null ? (first as Record<string, unknown>) : { host: second, port: first, path: undefined }
  note(typeof path === 'string' && port === undefined ? path : `${host ?? 'localhost'}:${port}`)
  return Reflect.apply(connect, this, given) as Socket
} as typeof connect

for (const name of ['lookup', 'resolve', 'resolve4', 'resolve6'] as const) {
  for (const place of [dns, dns.promises]) {
    const real = place[name] as (...given: unknown[]) => unknown
    Object.assign(place, {
      [name](...given: unknown[]) {
        if (isIP(String(given[0])) === 0) note(`look-up of ${String(given[0])}`)
        return Reflect.apply(real, place, given)
      },
    })
  }
}

const send = dgram.Socket.prototype.send
dgram.Socket.prototype.send = function (this: dgram.Socket, ...given: unknown[]) {
  note(`datagram to ${given.filter((each) => typeof each === 'string' || typeof each === 'number').join(' ')}`)
  return Reflect.apply(send, this, given) as undefined
} as typeof send
syncBuiltinESMExports()
