import type { IncomingMessage, ServerResponse } from 'node:http'
import type { HookContext } from '@cadre/contract/forgehook'
import { Connector } from '../../../core/src/tools/network/connector.ts'
import { fetchForHook } from '../../../core/src/tools/network/fetch-for-hook.ts'
import { callOf, toolOf } from '../../../core/src/tools/test/hook-tool.ts'
import { type Seen, type Service, startService } from '../../../core/src/tools/test/http-service.ts'
import { afterAll } from 'vitest'
import { readManifest, testContext } from '../../lib/hook-test.ts'

export type { Seen }

/** The context of a hook whose way to the network is the server's own, with these grants. */
export function contextBehindWall(folder: URL, network: string[], more: Partial<HookContext> = {}): HookContext {
  const connector = new Connector()
  afterAll(() => connector.close())
  const { limits } = readManifest(folder)
  return testContext({
    fetch: (url, request) => fetchForHook(connector, callOf(toolOf({ grants: { network }, limits })), url, request ?? {}),
    ...more,
  })
}

/** A real service on loopback for the tests of a file. */
export async function serveHere(answer: (seen: Seen, response: ServerResponse & { req: IncomingMessage }) => void): Promise<Service> {
  const service = await startService(answer as (seen: Seen, response: ServerResponse) => void)
  afterAll(() => service.close())
  return service
}
