import { once } from 'node:events'
import { createServer, type RequestListener, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import Provider from 'oidc-provider'

/** A server of others on this machine; `handle` may be set later. */
export async function otherServer(): Promise<{ url: string; server: Server; handle: (listener: RequestListener) => void; close: () => void }> {
  let listener: RequestListener = (_request, response) => response.writeHead(503).end()
  const server = createServer((request, response) => listener(request, response)).listen(0, '127.0.0.1')
  await once(server, 'listening')
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    server,
    handle: (next) => (listener = next),
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

/** A real OpenID Connect server with people who log in by their name; their address is verified unless they begin with `un`. */
export async function openidServer(redirect_uri: string) {
  const other = await otherServer()
  const provider = new Provider(other.url, {
    clients: [
      { client_id: 'cadre', client_secret: 's3cret', redirect_uris: [redirect_uri], grant_types: ['authorization_code'], response_types: ['code'] },
    ],
    claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
    conformIdTokenClaims: false,
    cookies: { keys: ['of the test'] },
    findAccount: (_context: unknown, sub: string) => ({
      accountId: sub,
      claims: async () => ({ sub, email: `${sub}@example.org`, email_verified: !sub.startsWith('un'), name: sub }),
    }),
  })
  other.handle(provider.callback())
  return { ...other, provider }
}

/** Goes where a browser would, with its cookies, and fills in the forms of the OpenID Connect server. */
export async function browse(start: string, name: string) {
  const jar = new Map<string, Map<string, string>>()
  const seen: { url: string; status: number }[] = []
  let url = start
  let form: URLSearchParams | undefined
  for (let hop = 0; hop < 20; hop++) {
    const { origin } = new URL(url)
    const cookies = jar.get(origin) ?? new Map<string, string>()
    jar.set(origin, cookies)
    const cookie = [...cookies].map(([key, value]) => `${key}=${value}`).join('; ')
    const response = await fetch(url, { redirect: 'manual', headers: { cookie }, ...(form ? { method: 'POST', body: form } : {}) })
    for (const set of response.headers.getSetCookie()) {
      const [pair = ''] = set.split(';')
      cookies.set(pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1))
    }
    seen.push({ url, status: response.status })
    const text = await response.text()
    form = undefined
    const location = response.headers.get('location')
    if (location !== null) url = new URL(location, url).href
    else if (/\/interaction\//.test(url) && response.status === 200) {
      const prompt = /name="prompt" value="(\w+)"/.exec(text)?.[1] ?? 'login'
      form = new URLSearchParams(prompt === 'login' ? { prompt, login: name, password: 'x' } : { prompt })
      url = new URL(/action="([^"]+)"/.exec(text)?.[1] ?? url, url).href
    } else return { status: response.status, text, url, seen, cookies, headers: response.headers }
  }
  throw new Error(`no end: ${JSON.stringify(seen)}`)
}
