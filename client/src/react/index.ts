import { createElement, type ReactNode } from 'react'
import type { Client } from '../client.ts'
import { CadreContext } from './context.ts'

export { useClient } from './context.ts'
export { type RunInput, useAgent } from './use-agent.ts'
export { useChat } from './use-chat.ts'
export { useRun } from './use-run.ts'
export { useTools } from './use-tools.ts'

/** Gives every hook below it the client that it asks. */
export function CadreProvider({ client, children }: { client: Client; children: ReactNode }) {
  return createElement(CadreContext, { value: client }, children)
}
