import { createContext, useContext } from 'react'
import { en, type Texts } from './en.ts'
import { createFormat, type Format } from './format.ts'
import type { Locale } from './locale.ts'

export type Language = { locale: Locale; texts: Texts; format: Format; choose: (locale: Locale) => void }

/** The language that everything below is written in. */
export const LanguageContext = createContext<Language>({ locale: 'en', texts: en, format: createFormat('en'), choose: () => {} })

export function useTexts(): Texts {
  return useContext(LanguageContext).texts
}

export function useFormat(): Format {
  return useContext(LanguageContext).format
}

export function useLanguage(): Language {
  return useContext(LanguageContext)
}
