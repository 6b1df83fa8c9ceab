import { type ReactNode, startTransition, useCallback, useEffect, useMemo, useState } from 'react'
import { en, type Texts } from './en.ts'
import { createFormat } from './format.ts'
import { type Locale, pickLocale } from './locale.ts'
import { loadTextsByCode, type TextsByCode } from './texts-by-code.ts'
import { LanguageContext } from './texts.ts'

export const localeKey = 'cadre.locale'

function keptLocale(): string | null {
  try {
    return localStorage.getItem(localeKey)
  } catch {
    // A browser that keeps nothing for us: its own languages decide.
    return null
  }
}

/** English is always there; another language is loaded when it is wanted. */
export async function loadTexts(locale: Locale): Promise<Texts> {
  return locale === 'en' ? en : (await import('./pt-br.ts')).ptBR
}

export function firstLocale(): Locale {
  return pickLocale(keptLocale(), navigator.languages)
}

export function LanguageProvider({ first, children }: { first: { locale: Locale; texts: Texts }; children: ReactNode }) {
  const [{ locale, texts }, setLanguage] = useState(first)
  const [byCode, setByCode] = useState<{ locale: Locale; texts: TextsByCode } | null>(null)
  useEffect(() => {
    let isWanted = true
    loadTextsByCode(locale).then(
      (texts) => isWanted && startTransition(() => setByCode({ locale, texts })),
      // The server is away: errors are said by their kind.
      () => undefined,
    )
    return () => {
      isWanted = false
    }
  }, [locale])
  const choose = useCallback((locale: Locale) => {
    try {
      localStorage.setItem(localeKey, locale)
    } catch {
      // Then the choice holds until the page is closed.
    }
    void loadTexts(locale).then((texts) => {
      document.documentElement.lang = locale
      setLanguage({ locale, texts })
    })
  }, [])
  const format = useMemo(() => createFormat(locale), [locale])
  const language = useMemo(() => {
    const all = byCode?.locale === locale ? { ...texts, byCode: byCode.texts } : texts
    return { locale, texts: all, format, choose }
  }, [locale, texts, byCode, format, choose])
  return <LanguageContext value={language}>{children}</LanguageContext>
}
