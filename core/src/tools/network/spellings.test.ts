import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { type Service, startService } from '../test/http-service.ts'
import { Connector } from './connector.ts'
import { hookFetch, lookupOf } from './test/hook-fetch.ts'

let service: Service
let port: string
beforeAll(async () => {
  service = await startService((_, response) => response.end('reached'))
  port = new URL(service.url).port
})
afterAll(() => service.close())

describe('no spelling leads `*` to a private address', () => {
  const go = hookFetch({
    lookup: lookupOf({ localhost: ['127.0.0.1', '::1'], 'to.here.test': ['127.0.0.1'], 'to.lan.test': ['fd00::1', '10.0.0.1'] }).lookup,
  })
  const hosts = `127.0.0.1 2130706433 0x7f000001 017700000001 0x7f.1 0177.0.0.1 127.1 127.0.0.1. %31%32%37.0.0.1 １２７.０.０.１ 127。0。0。1 0 0.0.0.0
    [::1] [::] [::ffff:127.0.0.1] [::ffff:7f00:1] [::7f00:1] [::ffff:0:7f00:1] [64:ff9b::7f00:1] [64:ff9b:1::7f00:1] [2002:7f00:1::] [2001:0:7f00:1::]
    localhost LOCALHOST localhost. sub.localhost a.b.localhost. ⓛⓞⓒⓐⓛⓗⓞⓢⓣ to.here.test to.lan.test
    10.0.0.1 172.31.255.255 192.168.0.1 100.64.0.1 169.254.1.1 192.0.0.1 192.0.2.1 198.18.0.1 198.19.255.255 198.51.100.1 203.0.113.9 192.88.99.1
    0.1.2.3 224.0.0.1 240.0.0.1 255.255.255.255 [fe80::1] [fec0::1] [fc00::1] [fd00::1] [ff02::1] [100::1] [2001:db8::1] [3fff::1] [5f00::1] [4000::1]`
  test.each(hosts.split(/\s+/))('%s', async (host) => {
    expect((await go(`http://${host}:${port}/`, ['*'])).error).toMatch(/private address.+permissions\.network does not name it/)
    expect((await go(`http://${host}:${port}/`, ['*', '192.0.2.77', 'other.test'])).error).toMatch(/private address/)
  })
  const metadata = `169.254.169.254 2852039166 0xa9fea9fe [::ffff:a9fe:a9fe] [64:ff9b::a9fe:a9fe] [64:ff9b:1:a9fe:a9:fe00::] [2002:a9fe:a9fe::]
    [2001:0:1::5601:5601] [fe80::a9fe:a9fe] [fd00:ec2::254] 100.100.100.200 metadata.google.internal METADATA.google.INTERNAL. metadata instance-data.ec2.internal`
  test.each(metadata.split(/\s+/))('%s is a metadata service, whatever is granted', async (host) => {
    const grants = ['*', '0.0.0.0/0', '::/0', '169.254.169.254', 'metadata.google.internal', 'metadata', 'instance-data.ec2.internal']
    expect((await go(`http://${host}:${port}/`, grants)).error).toMatch(/is a metadata service of a cloud, which nothing may reach$/)
  })
  afterAll(() => expect(service.seen).toEqual([]))
})

describe('what is no place on the network', () => {
  const go = hookFetch()
  test.each([
    ['ftp://127.0.0.1/', 'url: ftp: is not possible'],
    ['file:///etc/passwd', 'url: file: is not possible'],
    ['data:text/plain,x', 'url: data: is not possible'],
    ['unix:/var/run/docker.sock', 'url: unix: is not possible'],
    ['ws://127.0.0.1/', 'url: ws: is not possible'],
    ['http://127.0.0.1:0/', 'url: port 0'],
    ['http://127.0.0.1:99999/', 'is not a URL'],
    ['http://[fe80::1%25eth0]/', 'is not a URL'],
    ['http://exa mple.com/', 'is not a URL'],
    ['/etc/passwd', 'is not a URL'],
    ['', 'is not a URL'],
    [`http://x.test/${'x'.repeat(20_000)}`, 'is longer than'],
  ])('%.40s', async (url, message) => {
    expect((await go(url, ['*', '127.0.0.1'])).error).toContain(message)
  })
  test.each(['http://user:secret@127.0.0.1/', 'http://user@127.0.0.1/', 'http://:secret@127.0.0.1/'])('%s', async (url) => {
    const { error } = await go(url, ['127.0.0.1'])
    expect(error).toBe('url: must not hold a user name or password; send an authorization header instead')
  })
})

describe('names', () => {
  const { lookup, asked } = lookupOf({
    'rebind.test': [['10.0.0.1'], ['127.0.0.1'], ['169.254.169.254']],
    'mixed.test': ['10.0.0.1', '169.254.169.254', 'fd00::1', '127.0.0.1'],
    localhost: ['127.0.0.1'],
  })
  const go = hookFetch({ lookup })
  beforeEach(() => void asked.splice(0))
  test('a name that changes its mind is dialled where it is allowed or not at all', async () => {
    const url = `http://rebind.test:${port}/`
    const grants = ['*', service.host]
    expect((await go(url, grants)).error).toContain('at the private address 10.0.0.1')
    expect(await go(url, grants)).toMatchObject({ body: 'reached' })
    // Another set of grants has connections of its own.
    expect((await go(url, ['*'])).error).toContain('metadata service')
    expect(asked).toHaveLength(3)
  })
  test('of several addresses only those that are allowed are dialled', async () => {
    expect(await go(`http://mixed.test:${port}/`, ['*', '127.0.0.1'])).toMatchObject({ status: 200, body: 'reached' })
    expect((await go(`http://mixed.test:${port}/`, ['*', '127.0.0.2'])).error).toContain('at the private address 10.0.0.1')
  })
  test('no resolver is asked about names that mean this machine, or a metadata service', async () => {
    expect(await go(`http://a.localhost:${port}/`, [service.host])).toMatchObject({ body: 'reached' })
    await go('http://metadata.google.internal/', ['*'])
    expect(asked).toEqual(['localhost'])
  })
  test('a grant that cannot be read is told, not passed over', async () => {
    expect((await go(service.url, [service.host, 'http://x'])).error).toMatch(/^permissions\.network: 'http:\/\/x' is not a host/)
  })
})

test('fetchFor is a fetch under the same rules', async () => {
  const connector = new Connector()
  const fetch = connector.fetchFor([service.host], null)
  expect(await (await fetch(service.url, { method: 'POST', body: 'x' })).text()).toBe('reached')
  expect(service.seen.at(-1)).toMatchObject({ body: 'x' })
  await expect(fetch('http://127.0.0.1:1/')).rejects.toThrow('is a private address')
  await connector.close()
})
