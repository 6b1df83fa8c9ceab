// Shaped like the exports of these programs, with the oddities that they have.

const turn = (id: string, parent: string | null, author: object, content: object, rest: object = {}) => ({
  [id]: {
    id,
    parent,
    children: [],
    message: { id, author, content, create_time: 1_700_000_000 + Number(/\d+/.exec(id)?.[0] ?? 0), status: 'finished_successfully', ...rest },
  },
})
const user = { role: 'user', name: null, metadata: {} }
const assistant = { role: 'assistant', name: null, metadata: {} }
const text = (...parts: unknown[]) => ({ content_type: 'text', parts })

export const chatgpt = [
  {
    title: 'Fusão a frio',
    create_time: 1_700_000_000.123,
    update_time: 1_700_000_900.5,
    conversation_id: 'c-1',
    current_node: 'n9',
    mapping: {
      root: { id: 'root', message: null, parent: null, children: ['sys'] },
      ...turn('sys', 'root', { role: 'system' }, text(''), { metadata: { is_visually_hidden_from_conversation: true }, create_time: null }),
      ...turn('n0', 'sys', user, text('Olá')),
      ...turn('n1', 'n0', assistant, text('first answer'), { metadata: { model_slug: 'gpt-4' } }),
      ...turn('n2', 'n0', assistant, text('second answer'), { metadata: { model_slug: 'gpt-4o' } }),
      ...turn('n3', 'n2', user, {
        content_type: 'multimodal_text',
        parts: ['look', { content_type: 'image_asset_pointer', asset_pointer: 'file-service://x' }],
      }),
      ...turn('n4', 'n3', assistant, { content_type: 'thoughts', thoughts: [{ summary: 'secret', content: 'thought' }] }),
      ...turn('n5', 'n4', assistant, { content_type: 'code', language: 'python', text: 'search("x")' }, { recipient: 'browser' }),
      ...turn('n6', 'n5', { role: 'tool', name: 'browser' }, { content_type: 'tether_quote', text: 'result', url: 'x' }),
      ...turn('n7', 'n6', assistant, { content_type: 'code', language: 'python', text: 'print(1)' }, { recipient: 'all' }),
      ...turn('n8', 'n7', assistant, text(''), {}),
      ...turn('n9', 'n8', assistant, text('done'), {}),
    },
  },
  { title: 'no mapping' },
  null,
  { id: 'empty', title: 'Empty', mapping: { root: { id: 'root', message: null, parent: null, children: [] } }, current_node: 'root' },
]

export const openWebui = [
  {
    id: 'w-1',
    user_id: 'u',
    title: 'Trees',
    created_at: 1_700_000_000,
    updated_at: 1_700_000_100,
    archived: false,
    chat: {
      title: 'Trees',
      models: ['llama3'],
      timestamp: 1_700_000_000_000,
      history: {
        currentId: 'b',
        messages: {
          q: { id: 'q', parentId: null, childrenIds: ['a', 'b'], role: 'user', content: 'hi', timestamp: 1_700_000_001, models: ['llama3'] },
          a: { id: 'a', parentId: 'q', childrenIds: [], role: 'assistant', content: 'A', model: 'llama3', timestamp: 1_700_000_002 },
          b: {
            id: 'b',
            parentId: 'q',
            childrenIds: [],
            role: 'assistant',
            content: 'B',
            model: 'llama3',
            modelName: 'Llama 3',
            timestamp: 1_700_000_003,
            done: true,
          },
        },
      },
    },
  },
  {
    chat: {
      id: 'w-2',
      title: 'List',
      messages: [
        { role: 'user', content: [{ type: 'text', text: 'one' }] },
        { role: 'assistant', content: 'two' },
      ],
    },
  },
  { id: 'w-3', title: 'Nothing', chat: {} },
]

const root = '00000000-0000-0000-0000-000000000000'
const question = {
  messageId: 'q',
  parentMessageId: root,
  text: 'question',
  sender: 'User',
  isCreatedByUser: true,
  createdAt: '2024-03-05T10:00:00.000Z',
}
const older = {
  messageId: 'a',
  parentMessageId: 'q',
  text: 'older answer',
  sender: 'GPT-4',
  isCreatedByUser: false,
  model: 'gpt-4',
  createdAt: '2024-03-05T10:00:05.000Z',
}
const newer = {
  messageId: 'b',
  parentMessageId: 'q',
  text: '',
  content: [
    { type: 'think', think: 'hm' },
    { type: 'text', text: { value: 'newer answer' } },
    { type: 'tool_call', tool_call: {} },
  ],
  sender: 'Claude',
  isCreatedByUser: false,
  createdAt: '2024-03-05T10:01:00.000Z',
}
const failed = { messageId: 'e', parentMessageId: 'b', text: 'it broke', error: true, sender: 'Claude', isCreatedByUser: false }

export const librechat = {
  conversationId: 'l-1',
  endpoint: 'openAI',
  title: 'Chat',
  exportAt: 'x',
  branches: true,
  recursive: false,
  messages: [question, older, newer, failed],
}
export const librechatTree = {
  conversationId: 'l-2',
  title: 'Chat',
  recursive: true,
  messagesTree: [
    {
      ...question,
      children: [
        { ...older, children: [] },
        { ...newer, children: [failed] },
      ],
    },
  ],
}
