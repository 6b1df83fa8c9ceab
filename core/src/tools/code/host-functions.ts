/**
 * What the prelude asks of the host at once, by name: functions of their argument alone (and chance), which would be slow or long inside.
 * The argument is what the guest gave as JSON, of any shape; what is thrown becomes an error inside, with its words.
 */
export const hostFunctions: Record<string, (argument: unknown, bytes: Uint8Array | null) => unknown> = {
  atob: (text) => atob(String(text)),
  btoa: (text) => btoa(String(text)),
  encode: (text) => new TextEncoder().encode(String(text)),
  decode: (options, bytes) => {
    const { label, fatal, ignoreBOM } = options as { label?: string; fatal?: boolean; ignoreBOM?: boolean }
    return new TextDecoder(label, { fatal, ignoreBOM }).decode(bytes ?? new Uint8Array())
  },
  /** Numbers for Math.random, several at a time. */
  chances: () => Array.from(crypto.getRandomValues(new Uint32Array(64)), (number) => number / 2 ** 32),
  random: (count) => crypto.getRandomValues(new Uint8Array(Math.min(65_536, Number(count)))),
  uuid: () => crypto.randomUUID(),
  url: (given) => {
    const [url, base] = given as [string, string | undefined]
    return partsOf(new URL(url, base))
  },
  setUrl: (given) => {
    const [href, part, value] = given as [string, (typeof settable)[number], string]
    const url = new URL(href)
    if (settable.includes(part)) url[part] = value
    return partsOf(url)
  },
  query: (given) => [...new URLSearchParams(given as string | [string, string][])],
  queryText: (given) => new URLSearchParams(given as [string, string][]).toString(),
}

const settable = ['href', 'protocol', 'username', 'password', 'host', 'hostname', 'port', 'pathname', 'search', 'hash'] as const

function partsOf(url: URL) {
  return { ...Object.fromEntries(settable.map((part) => [part, url[part]])), origin: url.origin }
}
