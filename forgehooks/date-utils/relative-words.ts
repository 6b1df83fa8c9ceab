import { fold } from './names.ts'

const UNIT_WORDS: Record<string, string> = {
  ...{ s: 'second', sec: 'second', second: 'second', segundo: 'second', seconde: 'second', sekunde: 'second', sekunden: 'second' },
  ...{ min: 'minute', minute: 'minute', minuto: 'minute', minuten: 'minute', hour: 'hour', hr: 'hour', h: 'hour', hora: 'hour', heure: 'hour' },
  ...{ stunde: 'hour', stunden: 'hour', day: 'day', dia: 'day', jour: 'day', tag: 'day', tage: 'day', tagen: 'day' },
  ...{ week: 'week', wk: 'week', semana: 'week', semaine: 'week', woche: 'week', wochen: 'week', fortnight: 'fortnight' },
  ...{ month: 'month', mes: 'month', mese: 'month', mois: 'month', moi: 'month', monat: 'month', monate: 'month', monaten: 'month' },
  ...{ quarter: 'quarter', trimestre: 'quarter', year: 'year', yr: 'year', ano: 'year', an: 'year', annee: 'year', jahr: 'year' },
  ...{ jahre: 'year', jahren: 'year', decade: 'decade', 'business day': 'workday', 'working day': 'workday', workday: 'workday', weekday: 'workday' },
}

/** `days`, `dias`, `Tage`: the unit in English, without its plural. */
export function unitWord(word: string): string | undefined {
  for (const form of [word, word.replace(/s$/, ''), word.replace(/es$/, '')]) if (Object.hasOwn(UNIT_WORDS, form)) return UNIT_WORDS[form]
  return undefined
}

const PERIOD = '(semana|semaine|woche|mes|mois|monat|ano|annee|jahr|trimestre|quartal)'
const NAME = '([\\p{L}-]+)'
const COUNT = '((?:\\d+|um|uma|un|una|une|ein|eine|einem|einer) \\p{L}+)'
const one = (count: string) => count.replace(/^(?:um|uma|un|una|une|ein|eine|einem|einer) /, '1 ')
const periods: Record<string, string> = {
  ...{ semana: 'week', semaine: 'week', woche: 'week', mes: 'month', mois: 'month', monat: 'month', ano: 'year', annee: 'year', jahr: 'year' },
  ...{ trimestre: 'quarter', quartal: 'quarter' },
}

type Rule = [RegExp, string | ((...parts: string[]) => string)]
const whole = (source: string) => new RegExp(`^${source}(?= |,|$)`, 'u')
const RULES: Rule[] = [
  [whole('(?:depois de amanha|pasado manana|apres-demain|apres demain|ubermorgen)'), 'the day after tomorrow'],
  [whole('(?:anteontem|antes de ontem|anteayer|antes de ayer|avant-hier|avant hier|vorgestern)'), 'the day before yesterday'],
  [whole("(?:hoje|hoy|aujourd'hui|heute)"), 'today'],
  [whole('(?:amanha|manana|demain|morgen)'), 'tomorrow'],
  [whole('(?:ontem|ayer|hier|gestern)'), 'yesterday'],
  [whole(`(?:daqui a|daqui|dentro de|em|en|dans) ${COUNT}`), (_, count) => `in ${one(count as string)}`],
  [whole(`(?:ha|hace|il y a|vor|faz) ${COUNT}`), (_, count) => `${one(count as string)} ago`],
  [whole(`in (?:einem|einer) (\\p{L}+)`), (_, unit) => `in 1 ${unit}`],
  [whole(`${COUNT} atras`), (_, count) => `${one(count as string)} ago`],
  [whole(`(?:[oa] |el |la |na |no )?(?:proxim[oa]|nachste[nrs]?) ${PERIOD}`), (_, period) => `next ${periods[period as string]}`],
  [whole(`(?:[oa] |el |la |na |no )?(?:ultim[oa]|letzte[nrs]?) ${PERIOD}`), (_, period) => `last ${periods[period as string]}`],
  [
    whole(`(?:[oa] |el |la |le |l'|na |no )?${PERIOD} (?:que vem|que viene|prochaine?|proxim[oa])`),
    (_, period) => `next ${periods[period as string]}`,
  ],
  [whole(`(?:[oa] |el |la |le |l'|na |no )?${PERIOD} (?:passad[oa]|pasad[oa]|derniere?)`), (_, period) => `last ${periods[period as string]}`],
  [whole(`(?:est[ea]|cette|cet|ce|diese[nrs]?) ${PERIOD}`), (_, period) => `this ${periods[period as string]}`],
  [whole(`(?:[oa] |el |la |na |no )?proxim[oa] ${NAME}`), (_, name) => `coming ${name}`],
  [whole(`(?:[oa] |el |la |le |na |no )?${NAME} (?:que vem|que viene|prochaine?|proxim[oa])`), (_, name) => `coming ${name}`],
  [whole(`(?:nachste[nrs]?) ${NAME}`), (_, name) => `next ${name}`],
  [whole(`(?:[oa] |el |la |na |no )?(?:ultim[oa]|letzte[nrs]?) ${NAME}`), (_, name) => `last ${name}`],
  [whole(`(?:[oa] |el |la |le |na |no )?${NAME} (?:passad[oa]|pasad[oa]|derniere?)`), (_, name) => `last ${name}`],
  [whole(`(?:fim|final|fin) (?:do|de|du|del) ${PERIOD}`), (_, period) => `end of ${periods[period as string]}`],
  [whole(`(?:inicio|comeco|debut) (?:do|de|du|del) ${PERIOD}`), (_, period) => `start of ${periods[period as string]}`],
]

/** The phrase in lower case without accents, and in English where it is one of the usual ones of four other languages. */
export function inEnglish(text: string): string {
  const folded = fold(text)
    .replace(/[.!?]+$/, '')
    .trim()
  for (const [pattern, made] of RULES) {
    if (!pattern.test(folded)) continue
    return typeof made === 'string' ? folded.replace(pattern, made) : folded.replace(pattern, (...parts) => made(...(parts as string[])))
  }
  return folded
}
