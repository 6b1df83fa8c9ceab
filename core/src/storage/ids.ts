import { randomFillSync } from 'node:crypto'

const digits = '0123456789abcdefghjkmnpqrstvwxyz' // Crockford's base 32: sorts as it counts
const half = 2 ** 40

const noise = new Uint32Array(256)
let noiseLeft = 0
let lastTime = 0
let high = 0
let low = 0

/**
 * `run_` and 26 characters: 48 bits of time, then 80 random ones, so that ids sort by creation. Within one process every id is greater
 * than the one before, also within a millisecond and when the clock steps back.
 */
export function newId(prefix: string): string {
  const now = Date.now()
  if (now > lastTime) {
    lastTime = now
    high = random() * 128 + (random() % 128) // 39 bits, so that counting up within the millisecond has room
    low = random() * 256 + (random() % 256)
  } else {
    low += 1 + random() // by a random distance: an id does not tell its neighbours
    if (low >= half) {
      low -= half
      high += 1
    }
  }
  return `${prefix}_${encode(lastTime, 10)}${encode(high, 8)}${encode(low, 8)}`
}

/** The least id that can be made in this millisecond: `id >= firstIdAt('run', from)` is a range of creation times by the primary key. */
export function firstIdAt(prefix: string, ms: number): string {
  return `${prefix}_${encode(Math.min(Math.max(0, Math.ceil(ms)), 2 ** 48 - 1), 10)}${'0'.repeat(16)}`
}

function encode(value: number, length: number): string {
  let text = ''
  for (let i = 0; i < length; i++) {
    text = digits.charAt(value % 32) + text
    value = Math.floor(value / 32)
  }
  return text
}

function random(): number {
  if (noiseLeft === 0) {
    randomFillSync(noise)
    noiseLeft = noise.length
  }
  return noise[--noiseLeft] ?? 0
}
