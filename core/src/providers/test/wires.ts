import type { CreateProvider } from '@cadre/contract/providers'
import { anthropic } from './anthropic-dialect.ts'
import { bedrock } from './bedrock-dialect.ts'
import { gemini } from './gemini-dialect.ts'
import { ollamaDialect } from './ollama-dialect.ts'
import { chat, responses } from './openai-dialects.ts'
import type { Dialect } from './wire.ts'

export const key = 'kX9-very-secret-key'

type Case = {
  name: string
  dialect: Dialect
  settings: Omit<CreateProvider, 'id' | 'base_url'>
  /** Behind the double's address. */
  path: string
  model: string
  /** Where the address and the key must turn up. */
  url: { whole: string; stream: string }
  sends: (headers: Record<string, unknown>) => unknown
  /** Whether a call's input is text on this wire, whole and streamed: then it may be no JSON. */
  rawInput: { whole: boolean; stream: boolean }
}

const bearer = (headers: Record<string, unknown>) => headers['authorization'] === `Bearer ${key}`
const completions = { whole: '/v1/chat/completions', stream: '/v1/chat/completions' }
const text = { whole: true, stream: true }

/** Every provider on its own wire; one suite runs over all of them. */
export const wires: Case[] = [
  {
    name: 'openai',
    dialect: chat,
    settings: { type: 'openai', api_key: key },
    path: '/v1',
    model: 'gpt-4o',
    url: completions,
    sends: bearer,
    rawInput: text,
  },
  {
    name: 'openai responses',
    dialect: responses,
    settings: { type: 'openai', api: 'responses', api_key: key },
    path: '/v1',
    model: 'gpt-4o',
    url: { whole: '/v1/responses', stream: '/v1/responses' },
    sends: bearer,
    rawInput: text,
  },
  {
    name: 'anthropic',
    dialect: anthropic,
    settings: { type: 'anthropic', api_key: key },
    path: '',
    model: 'claude-sonnet-4-5',
    url: { whole: '/v1/messages', stream: '/v1/messages' },
    sends: (headers) => headers['x-api-key'] === key,
    rawInput: { whole: false, stream: true },
  },
  {
    name: 'google',
    dialect: gemini,
    settings: { type: 'google', api_key: key },
    path: '/v1beta',
    model: 'gemini-2.5-flash',
    url: { whole: '/v1beta/models/gemini-2.5-flash:generateContent', stream: '/v1beta/models/gemini-2.5-flash:streamGenerateContent?alt=sse' },
    sends: (headers) => headers['x-goog-api-key'] === key,
    rawInput: { whole: false, stream: false },
  },
  {
    name: 'mistral',
    dialect: chat,
    settings: { type: 'mistral', api_key: key },
    path: '/v1',
    model: 'mistral-small-latest',
    url: completions,
    sends: bearer,
    rawInput: text,
  },
  {
    name: 'azure',
    dialect: chat,
    settings: { type: 'azure', api_key: key, api_version: '2024-10-21' },
    path: '/openai',
    model: 'mine',
    url: {
      whole: '/openai/deployments/mine/chat/completions?api-version=2024-10-21',
      stream: '/openai/deployments/mine/chat/completions?api-version=2024-10-21',
    },
    sends: (headers) => headers['api-key'] === key,
    rawInput: text,
  },
  {
    name: 'azure responses',
    dialect: responses,
    settings: { type: 'azure', api_key: key, api: 'responses' },
    path: '/openai/v1',
    model: 'mine',
    url: { whole: '/openai/v1/responses', stream: '/openai/v1/responses' },
    sends: (headers) => headers['api-key'] === key,
    rawInput: text,
  },
  {
    name: 'bedrock',
    dialect: bedrock,
    settings: { type: 'bedrock', region: 'eu-central-1', access_key_id: 'AKIAEXAMPLE', secret_access_key: key, session_token: 'temporary' },
    path: '',
    model: 'anthropic.claude-3-sonnet-20240229-v1:0',
    url: {
      whole: '/model/anthropic.claude-3-sonnet-20240229-v1%3A0/converse',
      stream: '/model/anthropic.claude-3-sonnet-20240229-v1%3A0/converse-stream',
    },
    sends: (headers) =>
      /^AWS4-HMAC-SHA256 Credential=AKIAEXAMPLE\/\d+\/eu-central-1\/bedrock\//.test(String(headers['authorization'])) &&
      headers['x-amz-security-token'] === 'temporary',
    rawInput: { whole: false, stream: true },
  },
  {
    name: 'ollama',
    dialect: ollamaDialect(),
    settings: { type: 'ollama' },
    path: '',
    model: 'double',
    url: { whole: '/api/chat', stream: '/api/chat' },
    sends: (headers) => headers['authorization'] === undefined,
    rawInput: text,
  },
  { name: 'lmstudio', dialect: chat, settings: { type: 'lmstudio' }, path: '', model: 'double', url: completions, sends: () => true, rawInput: text },
  {
    name: 'custom',
    dialect: chat,
    settings: { type: 'custom', api_key: key },
    path: '/v1',
    model: 'double',
    url: completions,
    sends: bearer,
    rawInput: text,
  },
]
