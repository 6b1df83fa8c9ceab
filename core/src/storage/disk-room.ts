import { statfs } from 'node:fs/promises'

/** Bytes of the disk that a folder is on, and how many of them are left to us. */
export async function diskRoom(folder: string): Promise<{ free: number; total: number }> {
  const { bavail, blocks, bsize } = await statfs(folder)
  return { free: bavail * bsize, total: blocks * bsize }
}
