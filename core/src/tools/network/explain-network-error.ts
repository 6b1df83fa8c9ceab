type NetworkError = Error & { code?: string; address?: string; port?: number; hostname?: string; errors?: unknown[] }

/** Thrown where Cadre itself refuses to dial. */
export class NetworkRefusal extends Error {
  override name = 'NetworkRefusal'
}

/**
 * Why no answer came, in plain words; null where the error is not one of the network. `sent`: the request may have arrived, so that it may
 * have taken effect. `passing`: the same request may succeed later.
 */
export function explainNetworkError(error: unknown, url: string): { message: string; sent: boolean; passing: boolean } | null {
  for (const cause of causesOf(error)) {
    if (cause instanceof NetworkRefusal) return { message: cause.message, sent: false, passing: false }
    const words = wordsFor(cause, placeOf(url))
    if (words) return words
  }
  return null
}

function wordsFor(error: NetworkError, place: string) {
  const code = error.code ?? ''
  const at = error.address === undefined ? place : `${error.address}:${error.port}`
  const before = (message: string, passing = true) => ({ message, sent: false, passing })
  const after = (message: string) => ({ message, sent: true, passing: true })
  switch (code) {
    case 'ECONNREFUSED':
      return before(`the connection was refused at ${at}: is the service running?`)
    case 'ENOTFOUND':
    case 'EAI_NODATA':
    case 'EAI_NONAME':
      return before(`there is no address for the host '${error.hostname ?? place}': is the name right, and is there a network?`)
    case 'EAI_AGAIN':
    case 'EAI_FAIL':
      return before(`the host '${error.hostname ?? place}' could not be looked up: is there a network?`)
    case 'EHOSTUNREACH':
    case 'ENETUNREACH':
    case 'EADDRNOTAVAIL':
    case 'ENETDOWN':
    case 'EHOSTDOWN':
      return before(`${at} cannot be reached from here`)
    case 'ETIMEDOUT':
    case 'UND_ERR_CONNECT_TIMEOUT':
      return before(`${place} did not take the connection in time`)
    case 'ECONNRESET':
    case 'EPIPE':
    case 'UND_ERR_SOCKET':
      return after(`${place} closed the connection before it had answered`)
    case 'UND_ERR_RES_CONTENT_LENGTH_MISMATCH':
    case 'ERR_STREAM_PREMATURE_CLOSE':
      return after(`${place} closed the connection in the middle of its answer`)
    case 'UND_ERR_HEADERS_OVERFLOW':
      return { ...after(`the headers that ${place} answered are too large`), passing: false }
    case 'UND_ERR_CLOSED':
    case 'UND_ERR_DESTROYED':
      return after('Cadre is shutting down')
    case 'UND_ERR_HEADERS_TIMEOUT':
    case 'UND_ERR_BODY_TIMEOUT':
      return after(`${place} did not answer in time`)
  }
  if (error.name === 'HTTPParserError' || code.startsWith('HPE_')) return { ...after(`${place} did not answer in HTTP`), passing: false }
  if (/^(ERR_TLS_|CERT_|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO_|EPROTO|ERR_SSL_)/.test(code))
    return before(`the encrypted connection to ${place} failed: ${plainTls(error.message)} (${code})`, false)
  return null
}

// OpenSSL's own words are `C0DE:error:0A00010B:SSL routines:name of a function:wrong version number:a path:355:`
function plainTls(message: string) {
  return /:SSL routines:[^:]*:([^:]+):/.exec(message)?.[1] ?? message
}

// The outermost first; where several addresses were tried, the last try tells.
function* causesOf(error: unknown): Generator<NetworkError> {
  let at = error as (NetworkError & { cause?: unknown }) | undefined
  for (let depth = 0; at instanceof Error && depth < 10; depth++) {
    yield at
    const tried = at.errors?.at(-1)
    at = (tried ?? at.cause) as typeof at
  }
}

function placeOf(url: string) {
  return URL.canParse(url) ? new URL(url).host : url
}
