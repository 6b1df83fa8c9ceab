/** Where people come in; what the server refuses there is no reason to go there. */
const doors = ['/login', '/setup', '/reset']
export const isDoor = (path: string) => doors.includes(path)

const failures = ['away', 'expired', 'refused', 'unknown', 'forbidden', 'error'] as const
/** Why a login elsewhere did not work: server/src/oidc.ts. */
export type LoginFailure = (typeof failures)[number]
export const loginFailure = (word: unknown): LoginFailure | undefined => failures.find((each) => each === word)

/** Whether a call was refused because nobody is logged in. It stays so until the pages are loaded anew, which a login does. */
function createLogin() {
  const listeners = new Set<() => void>()
  let wanted = false
  return {
    isWanted: () => wanted,
    want() {
      if (wanted) return
      wanted = true
      for (const listener of listeners) listener()
    },
    subscribe(listener: () => void): () => void {
      listeners.add(listener)
      return () => void listeners.delete(listener)
    },
  }
}

export const login = createLogin()

/** Where to go on after a login: a page of ours, whatever the address says. */
export function placeAfterLogin(to: unknown, origin: string): string {
  const url = typeof to === 'string' ? URL.parse(to, origin) : null
  return url && url.origin === origin && !isDoor(url.pathname) ? `${url.pathname}${url.search}${url.hash}` : '/'
}

const keptPlace = 'cadre.after-login'

/** A login elsewhere comes back to the first page: where one was is kept in this window. */
export function keepPlace(to: string) {
  try {
    sessionStorage.setItem(keptPlace, to)
  } catch {
    // Then it ends at the first page.
  }
}

export function takePlace(): string | null {
  try {
    const to = sessionStorage.getItem(keptPlace)
    sessionStorage.removeItem(keptPlace)
    return to
  } catch {
    return null
  }
}
