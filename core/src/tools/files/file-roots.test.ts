import { appendFileSync, mkdirSync, renameSync, rmSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openFileRoots } from './file-roots.ts'
import { fileTree, textOf, whole } from './test/file-tree.ts'

const top = fileTree({
  'reports/a.txt': 'inside a',
  'reports/deep/er/b.csv': 'x,y\n1,2\n',
  'reports/.hidden': 'dots are fine',
  'reports/ünï ☃ %41.txt': 'odd',
  'reports/cafe\u0301.txt': 'NFD',
  'reports/caf\u00e9.txt': 'NFC',
  'reports/..data': 'two dots in front',
  'reports/reports/a.txt': 'a folder called like the root',
  'data/n.txt': 'a number',
  'data/vault/v.txt': 'a root in a root',
})
symlinkSync(join(top, 'reports'), join(top, 'link-to-root'))
symlinkSync('deep/er/b.csv', join(top, 'reports/link.csv'))
symlinkSync(join(top, 'data'), join(top, 'reports/to-data'))
utimesSync(join(top, 'reports/a.txt'), 1_700_000_000, 1_700_000_000.5)

const files = openFileRoots([
  { name: 'reports', path: join(top, 'reports') },
  { name: 'data', path: join(top, 'data') },
  { name: 'vault', path: join(top, 'data/vault') },
  { name: 'linked', path: join(top, 'link-to-root') },
  { name: 'missing', path: join(top, 'not-there') },
])
const read = async (path: string, grants = ['*']) => textOf(await files.read(grants, path, whole))

test.each([
  ['reports/a.txt', 'inside a'],
  ['a.txt', 'inside a'],
  ['./a.txt', 'inside a'],
  ['/a/'.slice(1, 2) + '.txt', 'inside a'],
  ['reports//./a.txt', 'inside a'],
  ['reports/deep/../a.txt', 'inside a'],
  ['deep/er/b.csv', 'x,y\n1,2\n'],
  ['reports\\deep\\er\\b.csv', 'x,y\n1,2\n'],
  ['link.csv', 'x,y\n1,2\n'],
  ['reports/to-data/n.txt', 'a number'],
  ['data/n.txt', 'a number'],
  ['linked/a.txt', 'inside a'],
  ['.hidden', 'dots are fine'],
  ['..data', 'two dots in front'],
  ['ünï ☃ %41.txt', 'odd'],
  ['cafe\u0301.txt', 'NFD'],
  ['caf\u00e9.txt', 'NFC'],
  ['reports/reports/a.txt', 'a folder called like the root'],
  [join(top, 'reports/a.txt'), 'inside a'],
  [`${top}//reports/./deep/../a.txt`, 'inside a'],
  [join(top, 'link-to-root/a.txt'), 'inside a'],
  [join(top, 'data/vault/v.txt'), 'a root in a root'],
  ['data/vault/v.txt', 'a root in a root'],
])('reads %s', async (path, content) => {
  expect(await read(path)).toBe(content)
})

test('grants: by name, the first is the one for paths without; a root inside another is its own', async () => {
  expect(await read('n.txt', ['data', 'reports'])).toBe('a number')
  expect(await read('vault/v.txt', ['data', 'vault'])).toBe('a root in a root')
  await expect(read('reports/a.txt', ['data'])).rejects.toThrow("there is no 'reports/a.txt' (file roots: data)")
  await expect(read('reports/to-data/n.txt', ['reports'])).rejects.toThrow('is outside of the file roots')
  await expect(read('data/vault/v.txt', ['data'])).rejects.toThrow("belongs to the file root 'vault', which permissions.files does not name")
  await expect(read('vault/../n.txt', ['vault'])).rejects.toThrow('is outside of the file roots')
  await expect(read(join(top, 'data/n.txt'), ['reports'])).rejects.toThrow('is outside of the file roots')
  await expect(read('a.txt', ['nobody'])).rejects.toThrow("there is no file root 'nobody'")
  await expect(openFileRoots([]).list(['*'])).rejects.toThrow('there are no file roots; set file_roots (CADRE_FILE_ROOTS)')
})

test('a root that is a link: absolute paths through it, and to where it leads', async () => {
  const linked = openFileRoots([{ name: 'linked', path: join(top, 'link-to-root') }])
  for (const path of ['linked/a.txt', join(top, 'link-to-root/a.txt'), join(top, 'reports/a.txt')])
    expect(await linked.stat(['*'], path)).toMatchObject({ path: 'linked/a.txt', size: 8 })
})

test('stat, locate and the ranges of read', async () => {
  expect(await files.stat(['*'], 'a.txt')).toEqual({ path: 'reports/a.txt', type: 'file', size: 8, modified: 1_700_000_000_500 })
  expect(await files.stat(['*'], 'reports')).toMatchObject({ path: 'reports', type: 'folder', size: 0 })
  expect(await files.stat(['*'], join(top, 'data/vault/'))).toMatchObject({ path: 'vault', type: 'folder' })
  expect(await files.locate(['*'], 'link.csv')).toBe(join(top, 'reports/deep/er/b.csv'))
  await expect(files.locate(['*'], 'deep')).rejects.toThrow("'deep' is a folder, not a file")
  await expect(read('deep')).rejects.toThrow("'deep' is a folder, not a file")
  const part = async (offset: number, max_bytes: number) => textOf(await files.read(['*'], 'a.txt', { offset, max_bytes }))
  expect([await part(0, 3), await part(7, 100), await part(8, 100), await part(1e12, 5), await part(2, 0)]).toEqual(['ins', 'a', '', '', ''])
  for (const bad of [-1, 0.5, NaN, Infinity, 2 ** 60, '1', null]) {
    await expect(part(bad as number, 1)).rejects.toThrow('offset: must be a whole number')
    await expect(part(0, bad as number)).rejects.toThrow('max_bytes: must be a whole number')
  }
})

test('bytes that are read bring nothing of the memory around them along', async () => {
  const bytes = await files.read(['*'], 'a.txt', { offset: 2, max_bytes: 4 })
  expect(Object.getPrototypeOf(bytes)).toBe(Uint8Array.prototype)
  expect(bytes.buffer.byteLength).toBe(4)
})

test('a file that grows and one of gigabytes: never more than was asked for', async () => {
  const big = join(top, 'reports/big.bin')
  writeFileSync(big, 'begin')
  const reading = Array.from({ length: 20 }, () => files.read(['*'], 'big.bin', { offset: 0, max_bytes: 8 }))
  for (let times = 0; times < 20; times++) appendFileSync(big, 'more')
  for (const bytes of await Promise.all(reading)) expect(textOf(bytes)).toMatch(/^begin(m(o(re?)?)?)?$/)
  const { truncateSync } = await import('node:fs')
  truncateSync(big, 5_000_000_000)
  expect((await files.read(['*'], 'big.bin', { offset: 4_999_999_999, max_bytes: 1e9 })).length).toBe(1)
  await expect(files.read(['*'], 'big.bin', { offset: 0, max_bytes: 4e9 })).rejects.toThrow('read the file in ranges')
  rmSync(big)
})

test('list: sorted, with folders, links as what they lead to; what cannot be read says why', async () => {
  expect((await files.list(['*'])).map(({ path, type, unreadable }) => [path, type, unreadable])).toEqual([
    ['data', 'folder', undefined],
    ['linked', 'folder', undefined],
    ['missing', 'folder', "the folder of the file root 'missing' does not exist"],
    ['reports', 'folder', undefined],
    ['vault', 'folder', undefined],
  ])
  const listed = await files.list(['reports'], 'reports')
  expect(listed.map(({ path, type, size }) => [path, type, size])).toEqual([
    ['reports/..data', 'file', 17],
    ['reports/.hidden', 'file', 13],
    ['reports/a.txt', 'file', 8],
    ['reports/cafe\u0301.txt', 'file', 3],
    ['reports/caf\u00e9.txt', 'file', 3],
    ['reports/deep', 'folder', 0],
    ['reports/link.csv', 'file', 8],
    ['reports/reports', 'folder', 0],
    ['reports/to-data', 'file', 0],
    ['reports/ünï ☃ %41.txt', 'file', 3],
  ])
  expect(listed.filter((file) => file.link).map((file) => file.path)).toEqual(['reports/link.csv'])
  expect(listed.filter((file) => file.unreadable).map((file) => [file.path, file.unreadable])).toEqual([
    ['reports/to-data', "'reports/to-data' is outside of the file roots: a link in it leads out of them, or nowhere"],
  ])
  expect((await files.list(['data'], 'data')).find((file) => file.path === 'data/vault')?.unreadable).toContain("belongs to the file root 'vault'")
  expect((await files.list(['*'], '')).length).toBe(5)
  expect((await files.list(['*'], 'deep/er/')).map((file) => file.path)).toEqual(['reports/deep/er/b.csv'])
  await expect(files.list(['*'], 'a.txt')).rejects.toThrow("'a.txt' is a file, not a folder")
})

test('list: 1000 entries and no more', async () => {
  const folder = join(top, 'reports/many')
  mkdirSync(folder)
  for (let n = 0; n < 1000; n++) writeFileSync(join(folder, `${n}`), '')
  expect(await files.list(['*'], 'many')).toHaveLength(1000)
  writeFileSync(join(folder, 'one more'), '')
  await expect(files.list(['*'], 'many')).rejects.toThrow("'many' has more than 1000 entries")
  rmSync(folder, { recursive: true })
})

test('a root that comes later is found; one that was swapped for a link to elsewhere is not', async () => {
  await expect(read('missing/x')).rejects.toThrow("the folder of the file root 'missing' does not exist")
  mkdirSync(join(top, 'not-there'))
  writeFileSync(join(top, 'not-there/x'), 'now')
  expect(await read('missing/x')).toBe('now')
  renameSync(join(top, 'not-there'), join(top, 'elsewhere'))
  symlinkSync(join(top, 'elsewhere'), join(top, 'not-there'))
  await expect(read('missing/x')).rejects.toThrow("'missing/x' is outside of the file roots")
})
