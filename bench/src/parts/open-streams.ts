import { connect, type Socket } from 'node:net'

/** Opens event streams over bare sockets, so that what is measured is the server. */
export async function openStreams(url: string, paths: string[]) {
  const { hostname, port } = new URL(url)
  const heard = new Set<Socket>()
  let changed = Promise.withResolvers<void>()
  const sockets: Socket[] = []
  for (let i = 0; i < paths.length; i += 100) sockets.push(...(await Promise.all(paths.slice(i, i + 100).map(open))))

  function open(path: string): Promise<Socket> {
    return new Promise((resolve, reject) => {
      const socket = connect(Number(port), hostname, () => socket.write(`GET ${path} HTTP/1.1\r\nHost: ${hostname}:${port}\r\n\r\n`))
      socket.setEncoding('latin1').on('data', (chunk) => {
        const text = String(chunk)
        if (text.startsWith('HTTP/')) return text.startsWith('HTTP/1.1 200') ? resolve(socket) : reject(new Error(text.slice(0, 200)))
        if (!text.includes('event: message')) return
        heard.add(socket)
        changed.resolve()
        changed = Promise.withResolvers()
      })
      socket.on('error', reject)
    })
  }
  return {
    /** Until so many streams have had an event. */
    async received(count: number) {
      while (heard.size < count) await changed.promise
    },
    async close() {
      await Promise.all(sockets.map((socket) => new Promise<void>((resolve) => socket.once('close', () => resolve()).destroy())))
    },
  }
}
