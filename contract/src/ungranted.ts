import type { HookCapabilities } from './forgehook.ts'

/** What a ForgeHook without permissions is given: every way out refuses. For tests of handlers that need none, or bring their own. */
export const ungranted: HookCapabilities = {
  fetch: refuse('fetch'),
  files: { list: refuse('files.list'), stat: refuse('files.stat'), read: refuse('files.read') },
  sql: refuse('sql'),
  secret: refuse('secret'),
  store: { get: refuse('store.get'), set: refuse('store.set'), delete: refuse('store.delete'), keys: refuse('store.keys') },
}

function refuse(what: string) {
  return () => Promise.reject(new Error(`the manifest does not grant ${what}`))
}
