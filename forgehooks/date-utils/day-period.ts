import { isoWeek, ordinal } from './day-numeric.ts'
import { fullYear, isImpossible, periodFrom, type Day, type DayOptions, type Form } from './day.ts'
import type { Impossible } from './impossible.ts'
import { fold, ordinalNumber } from './names.ts'

const YEAR = "'?(\\d{4}|\\d{2})"
const OF = '(?:(?:of|de|del|du|di|in) )?'
const WORDS: Record<string, number> = {
  ...{ primeiro: 1, segundo: 2, terceiro: 3, quarto: 4, primer: 1, primero: 1, tercer: 3, tercero: 3, cuarto: 4 },
  ...{ premier: 1, deuxieme: 2, troisieme: 3, quatrieme: 4, erstes: 1, zweites: 2, drittes: 3, viertes: 4 },
}
const QUARTER = '(?:quarter|qtr|trimestre|quartal)'
const WEEK = '(?:week|wk|semana|semaine|woche|kw|cw|w)'

export const PERIODS: Form[] = [
  // Q3 2024, Q3-24, Q3/2024, T3 2024
  { pattern: new RegExp(`^[qt] ?(\\d)[ \\-/,]*${OF}${YEAR}$`, 'i'), read: ([quarter = '', year = '']) => quarterOf(fullYear(year), Number(quarter)) },
  { pattern: /^(\d{4})[ \-/]*[qt](\d)$/i, read: ([year = '', quarter = '']) => quarterOf(Number(year), Number(quarter)) },
  // 3Q24, 3T2024
  { pattern: new RegExp(`^(\\d)[qt][ \\-/]?${YEAR}$`, 'i'), read: ([quarter = '', year = '']) => quarterOf(fullYear(year), Number(quarter)) },
  { pattern: /^[qt]([1-4])$/i, read: ([quarter = ''], options) => thisYear(options, (year) => quarterOf(year, Number(quarter))) },
  {
    pattern: new RegExp(`^(?:the )?(\\p{L}{5,9}|\\d(?:st|nd|rd|th|o|er?|e|eme|\\.)?) ${QUARTER},? ${OF}${YEAR}$`, 'iu'),
    read: ([quarter = '', year = '']) => quarterNamed(quarter, fullYear(year)),
  },
  {
    pattern: new RegExp(`^(?:quarter|trimestre|quartal) (\\d),? ${OF}(\\d{4})$`, 'i'),
    read: ([quarter = '', year = '']) => quarterOf(Number(year), Number(quarter)),
  },
  {
    pattern: new RegExp(`^(\\d{4}),? (?:the )?(\\p{L}{5,9}|\\d(?:st|nd|rd|th)) ${QUARTER}$`, 'iu'),
    read: ([year = '', quarter = '']) => quarterNamed(quarter, Number(year)),
  },
  // H1 2024, 2024-H2, 1H2024; 1h24 is a time
  { pattern: new RegExp(`^[hs]([12])[ \\-/,]*${OF}${YEAR}$`, 'i'), read: ([half = '', year = '']) => halfOf(fullYear(year), Number(half)) },
  { pattern: /^(\d{4})[ \-/]*[hs]([12])$/i, read: ([year = '', half = '']) => halfOf(Number(year), Number(half)) },
  { pattern: /^([12])[hs][ \-/]?(\d{4})$/i, read: ([half = '', year = '']) => halfOf(Number(year), Number(half)) },
  {
    pattern: new RegExp(`^${WEEK} ?(\\d{1,2})[ \\-/,]*${OF}(\\d{4})$`, 'i'),
    read: ([week = '', year = '']) => isoWeek(Number(year), Number(week), undefined),
  },
  {
    pattern: new RegExp(`^(\\d{4})[ \\-/,]*${WEEK} ?(\\d{1,2})$`, 'i'),
    read: ([year = '', week = '']) => isoWeek(Number(year), Number(week), undefined),
  },
  {
    pattern: new RegExp(`^(\\d{1,2})\\.? (?:kw|kalenderwoche)[ \\-/,]*(\\d{4})$`, 'i'),
    read: ([week = '', year = '']) => isoWeek(Number(year), Number(week), undefined),
  },
  // day 60 of 2024, the 100th day of 2024
  { pattern: /^day (\d{1,3}),? (?:of |in )?(\d{4})$/i, read: ([day = '', year = '']) => ordinal(Number(year), Number(day)) },
  { pattern: /^(?:the )?(\d{1,3})(?:st|nd|rd|th) day (?:of|in) (\d{4})$/i, read: ([day = '', year = '']) => ordinal(Number(year), Number(day)) },
]

function quarterOf(year: number, quarter: number): Day | Impossible {
  if (quarter < 1 || quarter > 4) return { reason: `a year has no quarter ${quarter} (1 to 4)` }
  return periodFrom('quarter', year, quarter * 3 - 2)
}

function quarterNamed(word: string, year: number): Day | Impossible | undefined {
  const folded = fold(word)
  const quarter = Object.hasOwn(WORDS, folded) ? WORDS[folded] : (ordinalNumber(folded) ?? (/^\d$/.test(folded) ? Number(folded) : undefined))
  return quarter === undefined ? undefined : quarterOf(year, quarter)
}

const halfOf = (year: number, half: number) => periodFrom('half', year, half * 6 - 5)

function thisYear({ year }: DayOptions, read: (year: number) => Day | Impossible): Day | Impossible | undefined {
  if (year === undefined) return undefined
  const found = read(year)
  return isImpossible(found) ? found : { ...found, ambiguous: `no year is written; ${year} is assumed` }
}
