/** `other` also stands for `many`, which Portuguese has for whole millions ("1 milhão de etapas"); figures are written out by `format`. */
export type Forms = { one: string; other: string }

/** The form of a word that goes with a number: in Portuguese 0 and 1.5 take the first, in English only 1 does. */
export function pluralOf(locale: string) {
  const rules = new Intl.PluralRules(locale)
  return (count: number, { one, other }: Forms) => (rules.select(count) === 'one' ? one : other)
}
