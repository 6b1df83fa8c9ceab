import { existsSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** Lets the folder of a ForgeHook import `@cadre/contract/forgehook` as this Cadre has it: a link in its node_modules. */
export function linkContract(folder: string) {
  const target = dirname(dirname(fileURLToPath(import.meta.resolve('@cadre/contract'))))
  const link = join(folder, 'node_modules', '@cadre', 'contract')
  const isLink = lstatSync(link, { throwIfNoEntry: false })?.isSymbolicLink() === true
  if (existsSync(link) && !(isLink && readlinkSync(link) !== target)) return
  if (isLink) rmSync(link)
  mkdirSync(dirname(link), { recursive: true })
  symlinkSync(target, link, 'junction')
}
