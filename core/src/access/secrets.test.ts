import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { localOwner, publicActor, requireOwner, systemActor } from './actor.ts'
import { checkKey, seal, unseal } from './secrets.ts'

let folder: string
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cadre-secrets-'))
})
afterEach(() => rmSync(folder, { recursive: true }))

const inFile = () => ({ key: null, key_file: join(folder, 'deep', 'cadre.key') })
const given = (key: string) => ({ key, key_file: join(folder, 'unused') })

test('a sealed secret opens again, also after a restart, and is different each time', () => {
  const one = seal(inFile(), 'sk-très-secret', 'providers:lab')
  const two = seal(inFile(), 'sk-très-secret', 'providers:lab')
  expect(one).not.toBe(two)
  expect(one).not.toContain('secret')
  expect([one, two].map((sealed) => unseal(inFile(), sealed, 'providers:lab'))).toEqual(['sk-très-secret', 'sk-très-secret'])
})

test('the key file is made once, for its owner only', () => {
  seal(inFile(), 'a', 'x:1')
  const path = inFile().key_file
  const made = readFileSync(path, 'utf8')
  seal(inFile(), 'b', 'x:1')
  expect(readFileSync(path, 'utf8')).toBe(made)
  expect(statSync(path).mode & 0o777).toBe(0o600)
})

test('a key may be given as base64, base64url or hex', () => {
  const bytes = Buffer.alloc(32, 251)
  const sealed = seal(given(bytes.toString('base64')), 'x', 'a:1')
  expect(unseal(given(bytes.toString('base64url')), sealed, 'a:1')).toBe('x')
  expect(unseal(given(bytes.toString('hex')), sealed, 'a:1')).toBe('x')
})

test('another key, another row and a damaged text are refused in one sentence', () => {
  const config = inFile()
  const sealed = seal(config, 'x', 'providers:lab')
  const otherKey = () => unseal(given(Buffer.alloc(32, 1).toString('hex')), sealed, 'providers:lab')
  expect(otherKey).toThrow('the secret stored for providers:lab was sealed with another key than CADRE_KEY')
  expect(() => unseal(config, sealed, 'providers:other')).toThrow('was sealed with another key')
  expect(() => unseal(config, `${sealed.slice(0, -2)}zz`, 'providers:lab')).toThrow('was sealed with another key')
  expect(() => unseal(config, 'plain', 'providers:lab')).toThrow('was sealed with another key')
})

test('a key that is no key is told at the start, and no file is made by looking', () => {
  expect(() => checkKey(given('short'))).toThrow('CADRE_KEY: must be 32 bytes as base64 or as 64 hex digits')
  const path = join(folder, 'cadre.key')
  checkKey({ key: null, key_file: path })
  expect(() => statSync(path)).toThrow('ENOENT')
  writeFileSync(path, 'rubbish')
  expect(() => checkKey({ key: null, key_file: path })).toThrow(`${path}: must be 32 bytes`)
})

test('only the owner and Cadre itself pass as owner', () => {
  requireOwner(localOwner())
  requireOwner(systemActor)
  expect(() => requireOwner(publicActor())).toThrow('X-API-Key')
  expect(() => requireOwner({ ...localOwner(), kind: 'key', role: 'member' })).toThrow('only the owner')
})
