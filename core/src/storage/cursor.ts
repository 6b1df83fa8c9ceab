import { CadreError } from '@cadre/contract/errors'

/** A page's cursor says after which id the next one begins; it is opaque at the doors. */
export function writeCursor(id: string): string {
  return Buffer.from(id).toString('base64url')
}

export function readCursor(cursor: string): string {
  const id = Buffer.from(cursor, 'base64url').toString()
  if (!/^[a-z]+_[0-9a-z]{26}$/.test(id))
    throw new CadreError('BAD_REQUEST', 'cursor: is not one that a list gave', [{ path: 'cursor', message: 'is not one that a list gave' }])
  return id
}
