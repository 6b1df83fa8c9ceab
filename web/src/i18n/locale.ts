export const locales = ['en', 'pt-BR'] as const
export type Locale = (typeof locales)[number]

/** What was chosen here, or the first of the browser's languages that we speak; every Portuguese is better served by ours than by English. */
export function pickLocale(chosen: string | null, wanted: readonly string[]): Locale {
  const isOurs = (tag: string): tag is Locale => (locales as readonly string[]).includes(tag)
  if (chosen !== null && isOurs(chosen)) return chosen
  for (const tag of wanted) {
    const [language] = tag.toLowerCase().split('-')
    if (language === 'pt') return 'pt-BR'
    if (language === 'en') return 'en'
  }
  return 'en'
}
