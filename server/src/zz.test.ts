import { expect, test } from 'vitest'
import { openSocket, serve } from './test/sockets.ts'
test('x', async () => {
  const server = await serve({}, { keep_alive_ms: 20 })
  const post = (body: object) => ({ method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) })
  await fetch(`${server.url}/api/v1/agents`, post({ name: 'A', system_prompt: 'You help.' }))
  await fetch(`${server.url}/api/v1/agents/a/run`, post({ input: 'wait', wait: 0 }))
    for (let i = 0; i < 2_000; i++) server.emit('run_1', { type: 'text.delta', call: 1, part: i, kind: 'text', text: 'x'.repeat(10_000) })
    server.end('run_1')
    const socket = await openSocket(server.port)
    socket.pause()
    socket.write('GET /api/v1/runs/run_1/events HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
  for (let i = 0; i < 50; i++) await fetch(`${server.url}/api/v1/runs/run_1`).then((r) => r.text())
    let bytes = 0
    let text = ''
    for await (const chunk of socket) { bytes += (chunk as Buffer).length; if (text.length < 3000) text += chunk }
    console.log(bytes, text.slice(0, 1000))
  await server.stop(0)
})
