import { plain } from '../words.ts'

const MARKS =
  /\b(?:por|para|qual|quais|quantos|quantas|quanto|linhas|coluna|colunas|media|soma|some|ordene|ordenar|filtre|remova|mostre|maiores|menores|vendas|pedidos|clientes|calcule|converta|dias|entre|maior|menor|mantenha|apenas|duplicados|limpe|datas|conte|os|uma|dos|das|pelo|pela)\b/g

/** Longest first. Only the words of the grammar: nouns stay as they are, because a column may be called so. */
const PHRASES: [RegExp, string][] = [
  [/\be depois\b|\bdepois\b|\bem seguida\b|\bentao\b/g, 'then'],
  [/\bpor favor\b/g, ''],
  [/\bquantos dias uteis\b|\bquantos sao os dias uteis\b/g, 'how many business days'],
  [/\bdias uteis\b/g, 'business days'],
  [/\bquantos dias\b/g, 'how many days'],
  [/\bquant[oa]s\b/g, 'how many'],
  [/\bqual (?:e |foi )?[oa] (media|soma|total)\b/g, 'what is the $1'],
  [/\bnumero de\b/g, 'number of'],
  [/\bem ordem decrescente\b|\bdecrescente(?:mente)?\b/g, 'descending'],
  [/\bem ordem crescente\b|\bcrescente(?:mente)?\b/g, 'ascending'],
  [/\bmantenha (?:so|somente|apenas)\b|\bmantenha\b/g, 'keep only'],
  [/\bremova (?:os |as )?duplicad[oa]s\b|\belimine (?:os |as )?duplicad[oa]s\b|\bremover duplicad[oa]s\b/g, 'remove duplicates'],
  [/\b(?:remova|remover|elimine|exclua|apague)\b/g, 'remove'],
  [/\b(?:ordene|ordenar|ordena|classifique)\b/g, 'sort'],
  [/\b(?:filtre|filtrar|filtra)\b/g, 'filter'],
  [/\b(?:mostre|mostrar|mostra|liste|exiba)(?:-me)?\b/g, 'show'],
  [/\b(?:devolva|retorne|retornar|devolve)\b/g, 'return'],
  [/\b(?:some|somar|soma)\b/g, 'sum'],
  [/\b(?:calcule|calcular|calcula)\b/g, 'calculate'],
  [/\b(?:conte|contar|conta)\b/g, 'count'],
  [/\b(?:converta|converter|converte)\b/g, 'convert'],
  [/\b(?:limpe|limpar|limpa)\b/g, 'clean'],
  [/\b(?:normalize|normalizar|normalize|corrija|corrigir|padronize|padronizar)\b/g, 'normalize'],
  [/\b(?:renomeie|renomear)\b/g, 'rename'],
  [/\b(?:adicione|acrescente|adicionar|crie|criar)\b/g, 'add'],
  [/\b(?:agrupe|agrupar) por\b/g, 'group by'],
  [/\bformatos? de datas?\b|\bformato das datas\b/g, 'date formats'],
  [/\bas datas\b|\bdatas\b/g, 'dates'],
  [/\bmedian[ao]\b/g, 'median'],
  [/\bmedi[ao]\b/g, 'average'],
  [/\bmaximo\b/g, 'maximum'],
  [/\bminimo\b/g, 'minimum'],
  [/\b(?:maior(?:es)? (?:do )?que|acima de|superior(?:es)? a|mais de)\b/g, 'above'],
  [/\b(?:menor(?:es)? (?:do )?que|abaixo de|inferior(?:es)? a|menos de)\b/g, 'below'],
  [/\bmaiores\b/g, 'largest'],
  [/\bmenores\b/g, 'smallest'],
  [/\bmaior\b/g, 'highest'],
  [/\bmenor\b/g, 'lowest'],
  [/\bmais car[oa]\b/g, 'most expensive'],
  [/\bmais barat[oa]\b/g, 'cheapest'],
  [/\bentre\b/g, 'between'],
  [/\bonde\b|\bcujo\b|\bcuja\b/g, 'where'],
  [/\bqua(?:l|is)\b/g, 'which'],
  [/\btem\b/g, 'has'],
  [/\bcom\b/g, 'with'],
  [/\bsem\b/g, 'without'],
  [/\bcolunas?\b/g, 'column'],
  [/\b(?:linhas|registos|registros)\b/g, 'rows'],
  [/\bcomo\b/g, 'as'],
  [/\bpara cada\b/g, 'for each'],
  [/\bpara\b/g, 'to'],
  [/\b(?:primeir[oa]s)\b/g, 'first'],
  [/\b(?:ultim[oa]s)\b/g, 'last'],
  [/\b(?:apenas|somente)\b/g, 'only'],
  [/\bquanto e\b/g, 'what is'],
  [/\b(?:do|da|dos|das|de)\b/g, 'of'],
  [/\bpor\b/g, 'by'],
  [/\b(?:em|no|na|nos|nas)\b/g, 'in'],
  [/\b(?:nao)\b/g, 'not'],
  [/\b(?:ou)\b/g, 'or'],
  [/\b(?:[oa]s|o|um|uma)\b/g, 'the'],
  [/\be\b/g, 'and'],
]

/** A Portuguese instruction with the words of the grammar in English; anything else comes back as it is. */
export function inEnglish(text: string): string {
  const flat = plain(text)
  const english = flat.match(/\b(?:the|and|by|of|is|what|then|with|each|how|many)\b/g)?.length ?? 0
  const marks = new Set(flat.match(MARKS) ?? []).size
  if (marks < 2 || english >= marks) return text
  // Quoted words are values and names: they stay.
  return text
    .split(/("[^"]*"|'[^']*'|`[^`]*`)/)
    .map((part, at) => (at % 2 === 1 ? part : translate(part)))
    .join('')
    .replace(/\b(from|to|of|in|by) the\b/g, '$1')
}

function translate(part: string): string {
  const spaced = part.normalize('NFD').replace(/\p{M}/gu, '')
  return PHRASES.reduce((said, [pattern, english]) => said.replace(new RegExp(pattern.source, 'gi'), english), spaced)
}
