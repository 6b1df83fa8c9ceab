import { parseCookie, stringifySetCookie } from 'cookie'

/**
 * The session's cookie. Behind https its name begins with `__Host-`: then a browser takes it only from this very host, encrypted, for all of
 * it, so that no neighbouring name can plant one. No page's script reads it, and no other site's page sends it.
 */
export function sessionCookie(publicUrl: string | null) {
  const secure = publicUrl?.startsWith('https:') ?? false
  const name = secure ? '__Host-cadre_session' : 'cadre_session'
  const rules = { path: '/', httpOnly: true, sameSite: 'strict', secure } as const
  return {
    read: (header: string | undefined) => readCookie(header, name),
    /** The header that sets it, or with null takes it away. */
    write: (session: { token: string; expires_at: number } | null) =>
      stringifySetCookie({ name, value: session?.token ?? '', ...rules, expires: new Date(session?.expires_at ?? 0) }),
  }
}

/** Null where there is none, or where there are several: then nobody knows which was meant. */
export function readCookie(header: string | undefined, name: string): string | null {
  if (header === undefined || !header.includes(name)) return null
  const times = header.split(';').filter((part) => part.trim().startsWith(`${name}=`)).length
  const value = times === 1 ? parseCookie(header)[name] : undefined
  return value === undefined || value === '' ? null : value
}
