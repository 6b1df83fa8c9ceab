import type * as english from './en/errors.ts'
import type { Said } from './en.ts'
import type { Locale } from './locale.ts'

export type TextsByCode = Said<typeof english>

/** Too much for what a first page waits for. */
export function loadTextsByCode(locale: Locale): Promise<TextsByCode> {
  return locale === 'en' ? import('./en/errors.ts') : import('./pt-br/errors.ts')
}
