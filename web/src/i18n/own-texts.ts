import { use } from 'react'
import { useLanguage } from './texts.ts'

/** Texts that come with the pages that show them, not with the first. Suspends until they are there in another language. */
export function ownTexts<T>(english: T, load: () => Promise<T>): () => T {
  let portuguese: Promise<T> | undefined
  const loaded = () => (portuguese ??= load())
  return function useOwnTexts() {
    return useLanguage().locale === 'en' ? english : use(loaded())
  }
}
