import { en } from '../locales/en.ts'
import { ptBr } from '../locales/pt-br.ts'
import type { Texts } from '../locales/texts.ts'

/** A language more is a file in locales/ and a line here; `words` are common ones that the others do not have. */
const languages: { tag: string; texts: Texts; words: ReadonlySet<string> }[] = [
  {
    tag: 'en',
    texts: en,
    words: new Set(
      'the and is are was what how why you your my please with this that have can could would not do does it of to for hello'.split(' '),
    ),
  },
  {
    tag: 'pt-BR',
    texts: ptBr,
    words: new Set(
      'o os um uma uns que não nao é e são está você voce vocês eu meu minha seu sua por para com como isso esta este qual quais onde quando do da dos das no na em ao mais muito obrigado obrigada olá ola oi bom dia favor preciso quero pode fazer'.split(
        ' ',
      ),
    ),
  },
]

/** What Cadre says in this language, or in the one that the messages are written in. */
export function textsFor(language: string | null, messages: readonly string[]): Texts {
  const asked = language?.toLowerCase()
  const named =
    asked && (languages.find(({ tag }) => tag.toLowerCase() === asked) ?? languages.find(({ tag }) => tag.slice(0, 2) === asked.slice(0, 2)))
  return (named || guess(messages)).texts
}

/** By common words; a tie goes to English. */
function guess(messages: readonly string[]) {
  const words =
    messages
      .join('\n')
      .slice(-5_000)
      .toLowerCase()
      .match(/\p{L}+/gu) ?? []
  const scored = languages.map((language) => ({ language, hits: words.filter((word) => language.words.has(word)).length }))
  const [best] = scored.toSorted((a, b) => b.hits - a.hits)
  return best?.language ?? (languages[0] as (typeof languages)[number])
}
