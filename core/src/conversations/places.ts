import { CadreError } from '@cadre/contract/errors'

/** A cursor that says more than an id (storage/cursor.ts); as opaque as those. */
export function writePlace(place: string): string {
  return Buffer.from(place).toString('base64url')
}

export function readPlace(cursor: string, shape: RegExp): string {
  const place = Buffer.from(cursor, 'base64url').toString()
  if (!shape.test(place))
    throw new CadreError('BAD_REQUEST', 'cursor: is not one that this list gave', [{ path: 'cursor', message: 'is not one that this list gave' }])
  return place
}
