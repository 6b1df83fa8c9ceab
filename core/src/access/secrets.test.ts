import { createCipheriv, randomBytes } from 'node:crypto'
import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { altered } from '../test/altered.ts'
import { checkKey, keyIdOf, keyRing, seal, unseal } from './secrets.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cadre-secrets-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const inFile = () => ({ key: null, key_file: join(folder, 'deep', 'cadre.key') })
const given = (key: string) => ({ key, key_file: join(folder, 'unused') })

test('a sealed secret opens again, also after a restart, and is different each time', () => {
  const one = seal(inFile(), 'sk-très-secret', 'providers:lab', 'default')
  const two = seal(inFile(), 'sk-très-secret', 'providers:lab', 'default')
  expect(one).not.toBe(two)
  expect(one).not.toContain('secret')
  expect([one, two].map((sealed) => unseal(inFile(), sealed, 'providers:lab', 'default'))).toEqual(['sk-très-secret', 'sk-très-secret'])
  expect(keyIdOf(one)).toBe(keyRing(inFile()).current.id)
})

test('the key file is made once, for its owner only', () => {
  seal(inFile(), 'a', 'connections:1', 'default')
  const path = inFile().key_file
  const made = readFileSync(path, 'utf8')
  seal(inFile(), 'b', 'connections:1', 'default')
  expect(readFileSync(path, 'utf8')).toBe(made)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a key may be given as base64, base64url or hex', () => {
  const bytes = Buffer.alloc(32, 251)
  const sealed = seal(given(bytes.toString('base64')), 'x', 'connections:1', 'default')
  expect(unseal(given(bytes.toString('base64url')), sealed, 'connections:1', 'default')).toBe('x')
  expect(unseal(given(bytes.toString('hex')), sealed, 'connections:1', 'default')).toBe('x')
})

test('another key, another row, another workspace and a damaged text are refused in one sentence', () => {
  const config = inFile()
  const sealed = seal(config, 'x', 'providers:lab', 'default')
  const otherKey = () => unseal(given(Buffer.alloc(32, 1).toString('hex')), sealed, 'providers:lab', 'default')
  const id = keyIdOf(sealed)
  expect(otherKey).toThrow(
    new RegExp(`^the secret stored for providers:lab was sealed with another key \\(${id}\\) than CADRE_KEY \\([0-9a-f]{8}\\)`),
  )
  expect(() => unseal(config, sealed, 'providers:other', 'default')).toThrow('was sealed with another key')
  expect(() => unseal(config, sealed, 'connections:lab', 'default')).toThrow('was sealed with another key')
  expect(() => unseal(config, sealed, 'providers:lab', 'wsp_2')).toThrow('was sealed with another key')
  expect(() => unseal(config, altered(sealed), 'providers:lab', 'default')).toThrow('was sealed with another key')
  for (const damaged of ['plain', '', 'v2.', `v2.${id}.`, `v2.${id}.${'A'.repeat(37)}`, `v3.${id}.${'A'.repeat(60)}`])
    expect(() => unseal(config, damaged, 'providers:lab', 'default')).toThrow('was sealed with another key')
  const inWorkspace = seal(config, 'y', 'providers:lab', 'wsp_2')
  expect(unseal(config, inWorkspace, 'providers:lab', 'wsp_2')).toBe('y')
  expect(() => unseal(config, inWorkspace, 'providers:lab', 'default')).toThrow('was sealed with another key')
})

test('a text of the first shape, which named no key, opens in the first workspace only', () => {
  const config = given(Buffer.alloc(32, 3).toString('hex'))
  const nonce = randomBytes(12)
  const cipher = createCipheriv('aes-256-gcm', Buffer.alloc(32, 3), nonce).setAAD(Buffer.from('providers:lab'))
  const bytes = Buffer.concat([cipher.update('old', 'utf8'), cipher.final()])
  const sealed = `v1.${Buffer.concat([nonce, cipher.getAuthTag(), bytes]).toString('base64url')}`
  expect(unseal(config, sealed, 'providers:lab', 'default')).toBe('old')
  expect(() => unseal(config, sealed, 'providers:lab', 'wsp_2')).toThrow('another key')
  expect(() => unseal(config, sealed, 'providers:other', 'default')).toThrow('another key')
})

test('two keys live side by side: the previous one opens, the current one seals', () => {
  const [one, two] = [1, 2].map((byte) => Buffer.alloc(32, byte).toString('hex')) as [string, string]
  const old = seal(given(one), 'x', 'providers:lab', 'default')
  const both = { ...given(two), key_previous: one }
  expect(unseal(both, old, 'providers:lab', 'default')).toBe('x')
  expect(keyIdOf(seal(both, 'y', 'providers:lab', 'default'))).toBe(keyRing(given(two)).current.id)
  expect(() => keyRing({ ...given(two), key_previous: 'short' })).toThrow('CADRE_KEY_PREVIOUS: must be 32 bytes')
})

test('a key that is no key is told at the start, and no file is made by looking', () => {
  expect(() => checkKey(given('short'))).toThrow('CADRE_KEY: must be 32 bytes as base64 or as 64 hex digits')
  const path = join(folder, 'cadre.key')
  expect(checkKey({ key: null, key_file: path })).toEqual([])
  expect(() => statSync(path)).toThrow('ENOENT')
  writeFileSync(path, 'rubbish')
  expect(() => checkKey({ key: null, key_file: path })).toThrow(`${path}: must be 32 bytes`)
  writeFileSync(path, '\n')
  expect(() => checkKey({ key: null, key_file: path })).toThrow(`${path}: must be 32 bytes`)
})

test('a key file of ours that others can read is made 0600, and the operator is told', () => {
  const path = join(folder, 'cadre.key')
  writeFileSync(path, Buffer.alloc(32, 5).toString('base64'))
  chmodSync(path, 0o644)
  expect(checkKey({ key: null, key_file: path })).toEqual([expect.stringMatching(/could be read by other users \(mode 0644\); it is 0600 now/)])
  expect(statSync(path).mode & 0o777).toBe(0o600)
  expect(checkKey({ key: null, key_file: path })).toEqual([])
})
