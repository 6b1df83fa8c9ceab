// A process that stores messages and lets agents answer them, until it is killed.
import { actor, app, work } from './killed-app.ts'

const { buildApi } = await import('@cadre/core/api')
const api = buildApi(app)
await work()

export type Saying = { room: string; content: string }
process.on('message', async ({ room, content }: Saying) => {
  try {
    await api.messages.send(actor, { conversationId: room, content, attachments: [], client_key: content })
    process.send?.({ content })
  } catch (error) {
    process.send?.({ content, error: String(error) })
  }
})
process.send?.('ready')
