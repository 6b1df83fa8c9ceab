import { invalid } from '@cadre/contract/errors'

export type ConnectionPlace = { host: string; port: number; database: string; user: string | null }

/** What of a URL may be shown. Throws CadreError naming the field, without a word of the URL: it holds a password. */
export function placeOf(text: string): ConnectionPlace {
  const url = URL.canParse(text) ? new URL(text) : null
  if (!url) throw invalid('url', 'is not a URL; write postgres://user:password@host:5432/database, with %40 for @ in the password')
  if (!/^postgres(ql)?:$/.test(url.protocol)) throw invalid('url', 'must begin with postgres:// or postgresql://')
  const decoded = (part: string) => {
    try {
      return decodeURIComponent(part)
    } catch {
      throw invalid('url', 'holds a % that is no code; write %25 for %')
    }
  }
  const host = url.searchParams.get('host') ?? decoded(url.hostname).replace(/^\[(.*)\]$/, '$1')
  if (host === '') throw invalid('url', 'names no host')
  const user = decoded(url.username) || url.searchParams.get('user')
  const database = decoded(url.pathname.replace(/^\//, '')) || user
  if (!database) throw invalid('url', 'names no database')
  const port = Number(url.searchParams.get('port') ?? (url.port || 5432))
  if (!Number.isInteger(port) || port < 1 || port > 65_535) throw invalid('url', 'names no valid port')
  decoded(url.password)
  return { host, port, database, user }
}
