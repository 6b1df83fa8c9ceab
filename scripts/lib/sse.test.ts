import { expect, test } from 'vitest'
import { serverSentEvents } from './sse.ts'

test('reads events over any chunk boundary, with multi-byte text, and passes over comments', async () => {
  const bytes = new TextEncoder().encode(': keep-alive\n\nevent: message\nid: 1\ndata: {"text":"Zürich"}\n\nid: 2\r\ndata: {"a":\r\ndata: 1}\r\n\r\n')
  const body = new ReadableStream({
    start(controller) {
      for (const byte of bytes) controller.enqueue(Uint8Array.of(byte))
      controller.close()
    },
  })
  const events: unknown[] = []
  for await (const event of serverSentEvents(new Response(body))) events.push(event)
  expect(events).toEqual([{ text: 'Zürich' }, { a: 1 }])
})
