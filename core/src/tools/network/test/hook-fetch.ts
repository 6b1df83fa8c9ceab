import type { HookRequest } from '@cadre/contract/forgehook'
import { afterAll } from 'vitest'
import { callOf, toolOf } from '../../test/hook-tool.ts'
import type { ResolvedTool } from '../../resolved-tool.ts'
import type { Lookup } from '../checked-connect.ts'
import { Connector } from '../connector.ts'
import { fetchForHook } from '../fetch-for-hook.ts'

/** Names as a resolver of the test's own has them; a list of lists answers each look-up with the next one. */
export function lookupOf(names: Record<string, string[] | string[][]>): { lookup: Lookup; asked: string[] } {
  const asked: string[] = []
  const lookup: Lookup = (host, _options, callback) => {
    asked.push(host)
    const known = names[host] ?? []
    const at = Array.isArray(known[0]) ? ((known as string[][]).length > 1 ? (known as string[][]).shift() : known[0]) : known
    const found = (at as string[]).map((address) => ({ address, family: address.includes(':') ? 6 : 4 }))
    if (found.length > 0) return callback(null, found)
    callback(Object.assign(new Error('not found'), { code: 'ENOTFOUND', hostname: host }), [])
  }
  return { lookup, asked }
}

/** fetch as a handler under these grants has it; bodies as text, and a refusal as its words. */
export function hookFetch({ lookup }: { lookup?: Lookup } = {}) {
  const connector = new Connector(lookup ? { lookup } : {})
  afterAll(() => connector.close())
  return async (url: string, network: string[], request: HookRequest = {}, limits: Partial<ResolvedTool['limits']> = {}, signal?: AbortSignal) => {
    try {
      const { body, ...answer } = await fetchForHook(connector, callOf(toolOf({ grants: { network }, limits }), {}, signal), url, request)
      return { ...answer, body: Buffer.from(body).toString(), error: undefined }
    } catch (error) {
      if ((error as Error).name !== 'ToolError') throw error
      const { message, retryable, uncertain } = error as Error & { retryable: boolean; uncertain: boolean }
      return { error: message, retryable, uncertain, status: 0, url: '', headers: {}, body: '' }
    }
  }
}
