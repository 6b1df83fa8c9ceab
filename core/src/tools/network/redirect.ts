import { ToolError } from '../tool-error.ts'
import { type CheckedRequest, checkUrl } from './hook-request.ts'

type Hop = Pick<CheckedRequest, 'url' | 'method' | 'headers' | 'body'>

/** What says nothing about who asks. Any other header may be a credential, whatever its name, and stays at the origin it was given for. */
const harmless =
  /^(accept|accept-charset|accept-encoding|accept-language|cache-control|content-encoding|content-language|content-type|dnt|if-match|if-modified-since|if-none-match|if-range|if-unmodified-since|pragma|range|user-agent|x-requested-with)$/

export function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status)
}

/** The request that follows a redirect, as the Fetch Standard has it. @throws ToolError where it leads to what is not allowed */
export function nextHop(from: Hop, status: number, location: string): Hop {
  const url = checkUrl(inUtf8(location), `the redirect from ${from.url.host}`, from.url)
  if (url.hash === '') url.hash = from.url.hash
  const becomesGet = (status === 303 && from.method !== 'HEAD') || ((status === 301 || status === 302) && from.method === 'POST')
  const method = becomesGet ? 'GET' : from.method
  const body = becomesGet ? null : from.body
  const away = url.origin !== from.url.origin
  if (away && from.url.protocol === 'https:' && url.protocol === 'http:') {
    const secret = Object.keys(from.headers).filter((name) => !harmless.test(name))
    if (body !== null) secret.push('its body')
    if (secret.length > 0)
      throw new ToolError(
        `${from.url.host} redirects to ${url.host} without encryption, and the request carries ${secret.join(', ')}: it is not followed`,
      )
  }
  const kept = Object.entries(from.headers).filter(([name]) => (!away || harmless.test(name)) && !(becomesGet && name.startsWith('content-')))
  return { url, method, headers: Object.fromEntries(kept), body }
}

// Headers come as one character for each byte; where those are UTF-8, they were meant so.
function inUtf8(text: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(Buffer.from(text, 'latin1'))
  } catch {
    return text
  }
}
