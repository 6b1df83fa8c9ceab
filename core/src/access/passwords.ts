import { argon2, randomBytes, timingSafeEqual } from 'node:crypto'
import { promisify } from 'node:util'
import { CadreError } from '@cadre/contract/errors'

/** OWASP's first choice of 2024 and later: 19 MiB, two passes, one lane. 48 ms on the machine of the benchmarks. */
const cost = { memory: 19_456, passes: 2, parallelism: 1 }
const hashBytes = 32
const derive = promisify(argon2)

/** Each hash holds 19 MiB and a core; whoever waits behind so many is told to come back. */
const atOnce = 2
const mostWaiting = 50

export class Passwords {
  #running = 0
  readonly #waiting: (() => void)[] = []
  #dummy: Promise<string> | undefined

  /** @returns a PHC string, which holds the parameters and the salt. */
  hash(password: string): Promise<string> {
    return this.#inTurn(async () => {
      const salt = randomBytes(16)
      const { memory, passes, parallelism } = cost
      const found = await hashWith(password, salt, cost)
      return `$argon2id$v=19$m=${memory},t=${passes},p=${parallelism}$${base64(salt)}$${base64(found)}`
    })
  }

  /** Against a stored string, or null where there is none: that takes the same time and is never right. */
  async verify(password: string, stored: string | null): Promise<boolean> {
    this.#dummy ??= this.hash(randomBytes(16).toString('base64'))
    const { salt, found, ...costs } = parse(stored ?? (await this.#dummy))
    const computed = await this.#inTurn(() => hashWith(password, salt, costs, found.length))
    return timingSafeEqual(computed, found) && stored !== null
  }

  /** Whether it was made with less than is asked for today. */
  isWeak(stored: string): boolean {
    const { memory, passes } = parse(stored)
    return memory < cost.memory || passes < cost.passes
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#running >= atOnce) {
      if (this.#waiting.length >= mostWaiting) throw new CadreError('TOO_MANY_REQUESTS', 'Too many logins at once; try again in a moment.')
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#running++
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next) next()
      else this.#running--
    }
  }
}

// The same characters may come composed or not, by keyboard and system.
function hashWith(password: string, salt: Buffer, { memory, passes, parallelism }: typeof cost, tagLength = hashBytes): Promise<Buffer> {
  return derive('argon2id', { message: password.normalize('NFKC'), nonce: salt, memory, passes, parallelism, tagLength })
}

function parse(stored: string) {
  const [, memory, passes, parallelism, salt = '', found = ''] =
    /^\$argon2id\$v=19\$m=(\d+),t=(\d+),p=(\d+)\$([\w+/]+)\$([\w+/]+)$/.exec(stored) ?? []
  if (found === '') throw new Error('a stored password is not an argon2id string')
  return {
    memory: Number(memory),
    passes: Number(passes),
    parallelism: Number(parallelism),
    salt: Buffer.from(salt, 'base64'),
    found: Buffer.from(found, 'base64'),
  }
}

const base64 = (bytes: Buffer) => bytes.toString('base64').replaceAll('=', '')
