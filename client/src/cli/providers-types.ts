import type { CreateProvider } from '@cadre/contract/providers'

type Type = CreateProvider['type']
/** All that can be added: a new one is missed here by the compiler. */
const known: Record<Type, true> = {
  openai: true,
  anthropic: true,
  google: true,
  mistral: true,
  azure: true,
  bedrock: true,
  ollama: true,
  lmstudio: true,
  gguf: true,
  custom: true,
}
export const providerTypes = Object.keys(known) as Type[]
