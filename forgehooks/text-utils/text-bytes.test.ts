import * as fc from 'fast-check'
import { expect, test } from 'vitest'
import { caller } from '../lib/hook-test.ts'
import handlers from './index.ts'

const call = caller(new URL('./', import.meta.url), handlers)
const encode = async (text: string, format: string) => (await call('/encode', { text, format })).result as string
const decode = async (text: string, format: string, more = {}) => (await call('/decode', { text, format, ...more })).result as string

// From python's hashlib, hmac and zlib.
test.each([
  [{ algorithm: 'MD5' }, '900150983cd24fb0d6963f7d28e17f72'],
  [{ algorithm: 'sha-1' }, 'a9993e364706816aba3e25717850c26c9cd0d89d'],
  [{ algorithm: 'SHA3_256' }, '3a985da74fe225b2045c172d6bd390bd855f086e3e9d525b46bfe24511431532'],
  [{ algorithm: 'crc32' }, '352441c2'],
  [{ algorithm: 'md5', encoding: 'base64' }, 'kAFQmDzST7DWlj99KOF/cg=='],
])('%j of abc', async (more, hash) => expect((await call('/hash', { text: 'abc', ...more })).hash).toBe(hash))

test('bytes are hashed as given', async () => {
  expect((await call('/hash', { text: 'YWJj', input: 'base64' })).hash).toBe((await call('/hash', { text: 'abc' })).hash)
  await expect(call('/hash', { text: 'a', algorithm: 'crc32', key: 'k' })).rejects.toThrow('key: crc32 takes no key')
  await expect(call('/hash', { text: '\ud800' })).rejects.toThrow('text: holds half of a surrogate pair')
})

test.each(['base64', 'base64url', 'hex', 'url', 'form', 'html', 'punycode', 'json', 'rot13', 'quoted_printable'])(
  '%s comes back as it was',
  async (format) => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary' }), async (text) => {
        const wanted = format === 'quoted_printable' ? text.replace(/\r?\n/g, '\r\n') : text
        expect(await decode(await encode(text, format), format)).toBe(wanted)
      }),
    )
  },
)

test.each([
  ['url', "a b!*'()~/é", 'a%20b%21%2A%27%28%29~%2F%C3%A9'],
  ['form', 'a b+c', 'a+b%2Bc'],
  ['html', `<a href="x">'&`, '&lt;a href=&quot;x&quot;&gt;&#39;&amp;'],
  ['idna', 'Faß.de', 'xn--fa-hia.de'],
  ['punycode', 'bücher', 'bcher-kva'],
  ['qp', 'é= \n', '=C3=A9=3D=20\r\n'],
])('%s of %j', async (format, text, result) => expect(await encode(text, format)).toBe(result))

test.each([
  ['html', '&amp;lt; &eacute &notit; &#x80; &#0; &nope; &', '&lt; é ¬it; € \ufffd &nope; &'],
  ['idna', 'xn--mnchen-3ya.de', 'münchen.de'],
  ['base64', 'YWJj\r\nZGVm', 'abcdef'],
  ['base64url', '-_8', undefined],
])('%s read from %j', async (format, text, result) => {
  if (result === undefined) expect(await decode(text, format, { output: 'hex' })).toBe('fbff')
  else expect(await decode(text, format)).toBe(result)
})

test.each([
  ['base64', 'abc', 'no multiple of 4'],
  ['base64', 'YR==', 'bits that belong to no byte'],
  ['base64', 'a-_b', 'that is base64url'],
  ['base64', '/w==', 'not UTF-8 text'],
  ['hex', 'abc', 'odd number'],
  ['hex', '0x61', 'it holds "x"'],
  ['url', '100%', '"%" at character 4'],
  ['url', '%ff', 'not UTF-8'],
  ['json', 'abc', 'is not a JSON string'],
  ['qp', '=zz', 'two hexadecimal digits'],
  ['idna', 'a..b', 'a label is empty'],
  ['punycode', 'é', 'outside ASCII'],
  ['rot14', 'x', 'format: "rot14" is not known; known: base64'],
])('%s refuses %j', async (format, text, reason) => await expect(decode(text, format)).rejects.toThrow(reason))
