import { describe, expect, test } from 'vitest'
import { hostPortOf, literalAddress, parseGrant, refusal } from './network-rules.ts'

const rules = (grants: string[], implied: string | null = null) => ({ grants: grants.map(parseGrant), implied })
/** As the connector sees a URL whose name, if it is one, resolves to `address`. */
function dial(url: string, grants: string[], address?: string) {
  const to = new URL(url)
  return refusal(rules(grants), {
    host: to.hostname,
    address: address ?? literalAddress(to.hostname) ?? 'unresolved',
    port: Number(hostPortOf(to).split(':').at(-1)),
  })
}

describe('private addresses in every spelling', () => {
  test.each([
    'http://127.0.0.1/',
    'http://127.1/',
    'http://2130706433/',
    'http://0x7f.1/',
    'http://0177.0.0.1/',
    'http://127.0.0.1./',
    'http://localhost/',
    'http://LOCALHOST./',
    'http://a.localhost/',
    'http://0.0.0.0/',
    'http://10.1.2.3/',
    'http://172.16.0.1/',
    'http://192.168.1.1/',
    'http://100.64.0.1/',
    'http://198.18.0.1/',
    'http://224.0.0.1/',
    'http://255.255.255.255/',
    'http://[::]/',
    'http://[::1]/',
    'http://[::7f00:1]/',
    'http://[::ffff:127.0.0.1]/',
    'http://[::ffff:0:7f00:1]/',
    'http://[64:ff9b::7f00:1]/',
    'http://[64:ff9b:1::7f00:1]/',
    'http://[2002:7f00:1::]/',
    'http://[fe80::1]/',
    'http://[fc00::1]/',
    'http://[fd12:3456::1]/',
  ])('%s', (url) => {
    expect(dial(url, [])).toMatch(/private address/)
    expect(dial(url, ['example.com', '8.8.8.8'])).toMatch(/private address/)
  })

  test('a name that resolves to one is refused as well, unless the name itself is granted', () => {
    expect(dial('http://innocent.example/', [], '127.0.0.1')).toBe(
      'innocent.example:80 is at the private address 127.0.0.1, and permissions.network does not name it',
    )
    expect(refusal(rules([], 'innocent.example:80'), { host: 'innocent.example', address: '10.0.0.1', port: 80 })).toMatch(/private/)
    expect(dial('http://db.corp/', ['db.corp'], '10.0.0.1')).toBeNull()
    expect(dial('http://db.corp/', ['10.0.0.0/8'], '10.0.0.1')).toBeNull()
  })
})

test.each(['169.254.169.254', '169.254.170.2', 'fd00:ec2::254', '::ffff:169.254.169.254', '64:ff9b::a9fe:a9fe', '100.100.100.200', '168.63.129.16'])(
  'nothing opens the metadata service %s',
  (address) => {
    const grants = ['0.0.0.0/0', '::/0', '169.254.0.0/16', 'meta.test', address.includes(':') ? `[${address}]` : address]
    expect(dial('http://meta.test/', grants, address)).toMatch(/metadata service of a cloud/)
  },
)

describe('grants', () => {
  test.each([
    ['127.0.0.1', 'http://127.0.0.1:9/', true],
    ['127.0.0.1:9', 'http://127.0.0.1:9/', true],
    ['127.0.0.1:9', 'http://127.0.0.1:10/', false],
    ['127.0.0.1:9', 'http://2130706433:9/', true],
    ['127.0.0.1', 'http://[::ffff:7f00:1]/', true],
    ['::ffff:127.0.0.1', 'http://127.0.0.1/', true],
    ['localhost', 'http://localhost:5/', true],
    ['localhost', 'http://127.0.0.1:5/', false],
    ['10.0.0.0/8', 'http://10.9.9.9/', true],
    ['10.0.0.0/8', 'http://11.0.0.1/', false],
    ['10.0.0.0/8:80', 'http://10.0.0.1:81/', false],
    ['::1', 'http://[::1]:8/', true],
    ['[::1]:8', 'http://[::1]:8/', true],
    ['[::1]:8', 'http://[::1]:9/', false],
    ['fd00::/8', 'http://[fd00::5]/', true],
    ['0.0.0.0/0', 'http://[::1]/', false],
    ['8.8.8.8', 'http://8.8.8.8/', true],
    ['8.8.4.4', 'http://8.8.8.8/', false],
  ])('%s for %s: %s', (grant, url, allowed) => {
    expect(dial(url, [grant]) === null).toBe(allowed)
  })

  test('names compare without case and without the dot at the end', () => {
    expect(dial('https://API.Example.com./', ['api.example.COM:443'], '93.184.216.34')).toBeNull()
    expect(dial('https://evil-api.example.com/', ['api.example.com'], '93.184.216.34')).toBe('evil-api.example.com:443 is not in permissions.network')
  })

  test('an implied host is reached at a public address only, on its own port only', () => {
    const implied = rules([], 'api.example.com:443')
    const to = { host: 'api.example.com', address: '93.184.216.34', port: 443 }
    expect(refusal(implied, to)).toBeNull()
    expect(refusal(implied, { ...to, port: 8443 })).toMatch(/not in permissions.network/)
  })

  test.each([
    ['*', 'http://8.8.8.8:9/', true],
    ['*', 'http://[2606:4700::1111]/', true],
    ['*:443', 'https://8.8.8.8/', true],
    ['*:443', 'http://8.8.8.8/', false],
    ['*', 'http://10.0.0.1/', false],
    ['*', 'http://[fd00::5]/', false],
  ])('%s for %s: %s', (grant, url, allowed) => {
    expect(dial(url, [grant]) === null).toBe(allowed)
    expect(dial('http://db.corp/', [grant, 'db.corp'], '10.0.0.1')).toBeNull()
  })

  test.each(['', '[*]', '*.example.com', '*:0', 'http://x', 'a b', '10.0.0.0/33', 'x:99999', '127.1', '999.1.1.1', '[::1', 'x/24'])(
    "'%s' is none",
    (text) => {
      expect(() => parseGrant(text)).toThrow(`'${text}'`)
    },
  )
})
