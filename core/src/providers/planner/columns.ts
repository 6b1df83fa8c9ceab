import { plain, stem, words } from './words.ts'
import type { Column, ColumnKind, Row } from './types.ts'

const DATE =
  /^\s*(?:\d{4}[-/.]\d{1,2}[-/.]\d{1,2}(?:[T ].*)?|\d{1,2}[-/.]\d{1,2}[-/.]\d{2,4}|\d{1,2}\.?[ -](?:de )?\p{L}{3,9}\.?,?(?: de)?[ -]\d{2,4}|\p{L}{3,9}\.? \d{1,2}(?:st|nd|rd|th)?,? \d{2,4})\s*$/u
const NUMBER = /^\s*[$€£]?\s*-?[\d.,]*\d\s*[%€]?\s*$/

export function columnsOf(rows: Row[]): Column[] {
  const names = new Set<string>()
  for (const row of rows) for (const name of Object.keys(row)) names.add(name)
  return [...names].map((name) => {
    const values = rows.map((row) => row[name]).filter((value) => value !== null && value !== undefined && value !== '')
    return {
      name,
      words: words(name),
      kind: kindOf(values),
      unique: new Set(values.map((value) => String(value))).size === values.length,
      filled: values.length,
    }
  })
}

function kindOf(values: unknown[]): ColumnKind {
  const sample = values.slice(0, 1000)
  if (sample.length === 0) return 'empty'
  const most = (test: (value: unknown) => boolean) => sample.filter(test).length >= sample.length * 0.7
  if (most((value) => typeof value === 'object')) return 'nested'
  if (most((value) => typeof value === 'boolean')) return 'boolean'
  if (most((value) => typeof value === 'string' && DATE.test(value))) return 'date'
  if (most((value) => typeof value === 'number' || (typeof value === 'string' && NUMBER.test(value)))) return 'number'
  return 'text'
}

/** Words for the same thing. Each line may name a column of another line's word only through being in it. English and Portuguese. */
const SYNONYMS = [
  'amount revenue sale value turnover income proceeds spend spending spent expense total valor montante receita venda faturamento despesa gasto',
  'price cost fee rate preco custo',
  'quantity qty unit count units quantidade qtd',
  'salary pay wage compensation earning remuneration salario ordenado',
  'department dept team division departamento setor',
  'customer client buyer account cliente comprador',
  'employee worker staff person funcionario empregado colaborador',
  'name fullname nome',
  'email mail correio',
  'phone telephone mobile cell tel telefone telemovel celular',
  'date day when time timestamp data dia',
  'country nation pais',
  'city town cidade',
  'region area territory zone regiao zona',
  'state province estado provincia',
  'category type kind class group categoria tipo',
  'product item article sku produto artigo',
  'id identifier key code number codigo',
  'status state stage situacao',
  'age year idade',
  'score grade mark point rating nota pontuacao',
  'quarter qtr trimestre',
  'month mes',
  'description note comment descricao',
].map((line) => new Set(line.split(' ')))

/** Words of the grammar, too common to stand for a column unless they are exactly its name. */
const COMMON = new Set(
  'the a an of in on by per for and or to as is are with from all each every total sum average mean count number row record data column field table csv json list value order result it them this that name type key time unit group class state point mark rate sale item show year when pay'.split(
    ' ',
  ),
)

export type How = 'exact' | 'part' | 'synonym' | 'only'
export type Mention = { column: Column; start: number; end: number; how: How; said: string }

type Token = { text: string; stem: string; start: number; end: number }

export function tokensOf(text: string): Token[] {
  return [...text.matchAll(/[\p{L}\p{N}_]+(?:'s)?/gu)].map((match) => {
    const said = match[0].replace(/'s$/, '')
    return { text: said, stem: words(said).join(' ') || stem(plain(said)), start: match.index, end: match.index + said.length }
  })
}

/** The places of a text that name a column, longest names first. */
export function mentions(text: string, columns: Column[]): Mention[] {
  const tokens = tokensOf(text)
  const found: Mention[] = []
  const free = (start: number, end: number) => found.every((item) => item.end <= start || item.start >= end)
  const take = (column: Column, first: Token, last: Token, how: How) => {
    if (free(first.start, last.end)) found.push({ column, start: first.start, end: last.end, how, said: text.slice(first.start, last.end) })
  }
  const keyed = columns.map((column) => ({ column, key: column.words.join('') })).sort((a, b) => b.key.length - a.key.length)
  for (let size = 4; size > 0; size--) {
    for (let at = 0; at + size <= tokens.length; at++) {
      const run = tokens.slice(at, at + size)
      const key = run.map((token) => token.stem.replaceAll(' ', '')).join('')
      const same = keyed.filter((item) => item.key === key)
      const match = same.length > 1 ? (same.find((item) => item.column.name === text.slice(run[0]?.start, run.at(-1)?.end)) ?? same[0]) : same[0]
      if (match && !(match.column.words.length === 1 && /^(?:a|i|an|the|of|in|on|by|to|is|it)$/.test(key)))
        take(match.column, run[0] as Token, run.at(-1) as Token, 'exact')
    }
  }
  for (const token of tokens) {
    if (COMMON.has(token.stem) || token.stem.length < 3) continue
    const holders = columns.filter((column) => column.words.includes(token.stem))
    if (holders.length === 1) take(holders[0] as Column, token, token, 'part')
  }
  return found.sort((a, b) => a.start - b.start)
}

/** The column that a phrase means where a column must stand, by falling degrees of likeness. */
export function fieldIn(phrase: string, columns: Column[]): Mention | undefined {
  const cleaned = phrase.replace(/^[\s"'`[(]+|[\s"'`\])]+$/g, '')
  const literal = columns.find((column) => column.name === cleaned) ?? columns.find((column) => plain(column.name) === plain(cleaned))
  if (literal) return { column: literal, start: 0, end: phrase.length, how: 'exact', said: cleaned }
  const named = mentions(phrase, columns)
  const exact = named.find((item) => item.how === 'exact')
  if (exact) return exact
  if (named[0]) return named[0]
  for (const token of tokensOf(phrase)) {
    const holders = columns.filter((column) => column.words.includes(token.stem))
    if (holders.length === 1 && !/^(?:the|of|by|in|a|an|row|record|data)$/.test(token.stem))
      return { column: holders[0] as Column, start: token.start, end: token.end, how: 'part', said: token.text }
  }
  for (const token of tokensOf(phrase)) {
    const group = SYNONYMS.filter((set) => set.has(token.stem))
    const holders = columns.filter((column) => group.some((set) => column.words.some((word) => set.has(word))))
    const whole = holders.filter((column) => group.some((set) => set.has(column.words.join(''))))
    const best = whole.length === 1 ? whole : holders
    if (best.length === 1) return { column: best[0] as Column, start: token.start, end: token.end, how: 'synonym', said: token.text }
  }
  for (const token of tokensOf(phrase)) {
    if (token.stem.length < 4 || COMMON.has(token.stem)) continue
    const alike = columns.filter((column) =>
      column.words.some((word) => word.length > 2 && (token.stem.startsWith(word) || word.startsWith(token.stem))),
    )
    if (alike.length === 1) return { column: alike[0] as Column, start: token.start, end: token.end, how: 'synonym', said: token.text }
  }
  return undefined
}

export function isIdLike(column: Column): boolean {
  return column.words.some((word) => /^(?:id|identifier|code|codigo|zip|postcode|phone|telephone|year|ano|no|nr)$/.test(word))
}

export function measures(columns: Column[]): Column[] {
  return columns.filter((column) => column.kind === 'number' && !isIdLike(column))
}

/** The column that "total", "above 100" or "revenue" can only mean: the one measure, or the one that is an amount of money. */
export function defaultMeasure(columns: Column[]): Column | undefined {
  const numeric = measures(columns)
  if (numeric.length === 1) return numeric[0]
  const amounts = numeric.filter((column) => column.words.some((word) => SYNONYMS[0]?.has(word)))
  return amounts.length === 1 ? amounts[0] : undefined
}

export function isMoneyWord(word: string): boolean {
  return SYNONYMS[0]?.has(stem(plain(word))) ?? false
}

/** The column that names what a row is about, for answers such as "who" or "which product". */
export function labelColumn(columns: Column[]): Column | undefined {
  return (
    columns.find((column) => column.words.includes('name') || column.words.includes('nome')) ??
    columns.find((column) => column.kind === 'text') ??
    columns[0]
  )
}
