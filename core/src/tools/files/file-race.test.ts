import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { ToolError } from '../tool-error.ts'
import { openFileRoots } from './file-roots.ts'
import { fileTree, textOf, whole } from './test/file-tree.ts'

/** Swaps as fast as it can until it is killed: a file for a link, a folder for a link, a folder deep in the path, and the target of a link. */
const swapper = `
  const { renameSync, rmSync, symlinkSync, writeFileSync } = require('node:fs')
  process.chdir(process.argv[1])
  const attempt = (act) => { try { act() } catch {} }
  const link = (to, at) => attempt(() => { symlinkSync(to, 'tmp'); renameSync('tmp', at) })
  process.stdout.write('ready')
  for (;;) {
    link('../outside/x.txt', 'root/file')
    attempt(() => { writeFileSync('plain', 'inside'); renameSync('plain', 'root/file') })
    attempt(() => { renameSync('root/folder', 'root/away'); symlinkSync('../outside', 'root/folder') })
    attempt(() => { rmSync('root/folder'); renameSync('root/away', 'root/folder') })
    attempt(() => { renameSync('root/a/b', 'root/a/away'); symlinkSync('../../outside', 'root/a/b') })
    attempt(() => { rmSync('root/a/b'); renameSync('root/a/away', 'root/a/b') })
    link('../outside/x.txt', 'root/link')
    link('folder/x.txt', 'root/link')
  }
`

test('while a file, a folder or a link is swapped for a link to outside, every read that succeeds gives what is inside', async () => {
  const top = fileTree({
    'root/file': 'inside',
    'root/folder/x.txt': 'inside',
    'root/a/b/c/x.txt': 'inside',
    'root/link': 'inside',
    'outside/x.txt': 'SECRET!',
    'outside/c/x.txt': 'SECRET!',
  })
  // Names that are in the folder outside only.
  mkdirSync(join(top, 'outside/told'))
  writeFileSync(join(top, 'outside/told.txt'), 'SECRET!')
  const files = openFileRoots([{ name: 'root', path: join(top, 'root') }])
  const child = spawn(process.execPath, ['-e', swapper, top], { stdio: ['ignore', 'pipe', 'inherit'] })
  try {
    await once(child.stdout, 'data')
    const seen = { inside: 0, refused: 0, gone: 0 }
    const note = (error: unknown) => {
      expect(error).toBeInstanceOf(ToolError)
      if (/outside|leads out/.test((error as Error).message)) seen.refused++
      else seen.gone++
    }
    const paths = ['file', 'folder/x.txt', 'a/b/c/x.txt', 'link']
    // Bounded; usually a few hundred rounds are enough to have met both.
    for (let round = 0; round < 5_000 && (round < 1_000 || seen.inside < 200 || seen.refused < 200); round++) {
      const path = paths[round % paths.length] as string
      await Promise.all([
        files.read(['root'], path, whole).then((bytes) => {
          expect(textOf(bytes)).toBe('inside')
          seen.inside++
        }, note),
        files.stat(['root'], path).then((file) => expect(file.size).toBe(6), note),
        files.list(['root'], 'folder').then((list) => expect(list.map((file) => file.path)).toEqual(['root/folder/x.txt']), note),
        files.list(['root'], 'root').then((list) => expect(list.filter((file) => file.size > 6)).toEqual([]), note),
      ])
    }
    expect(seen.inside).toBeGreaterThan(0)
    expect(seen.refused).toBeGreaterThan(0)
  } finally {
    child.kill('SIGKILL')
    await once(child, 'exit')
  }
})
