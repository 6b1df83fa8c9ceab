import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:net'

/**
 * A port that nobody has, for a server that must be known before it is there, or that comes back. It stays free meanwhile: whoever asks for
 * any port, or calls somebody, gets one from 32768 on (Linux) or 49152 on (others).
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(20_000, 32_000)
    const server = createServer().listen(port, '127.0.0.1')
    const isTaken = await once(server, 'listening').then(
      () => false,
      (error: NodeJS.ErrnoException) => {
        if (error.code === 'EADDRINUSE') return true
        throw error
      },
    )
    if (isTaken) continue
    server.close()
    await once(server, 'close')
    return port
  }
}
