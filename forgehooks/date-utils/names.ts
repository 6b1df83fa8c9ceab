/** Names of months in English, Portuguese, Spanish, French and German, without accents and dots. */
const MONTHS: string[][] = [
  'january jan janeiro enero ene janvier janv januar janner'.split(' '),
  'february feb fevereiro fev febrero fevrier fevr februar'.split(' '),
  'march mar marco marzo mars marz maerz mrz'.split(' '),
  'april apr abril abr avril avr'.split(' '),
  'may maio mai mayo'.split(' '),
  'june jun junho junio juin juni'.split(' '),
  'july jul julho julio juillet juil juli'.split(' '),
  'august aug agosto ago aout'.split(' '),
  'september sep sept setembro set septiembre septembre'.split(' '),
  'october oct outubro out octubre octobre oktober okt'.split(' '),
  'november nov novembro noviembre novembre'.split(' '),
  'december dec dezembro dez diciembre dic decembre dezember'.split(' '),
]
const WEEKDAYS: string[][] = [
  'monday mon segunda segunda-feira seg lunes lundi montag'.split(' '),
  'tuesday tue tues terca terca-feira ter martes mardi dienstag'.split(' '),
  'wednesday wed quarta quarta-feira qua miercoles mercredi mittwoch'.split(' '),
  'thursday thu thur thurs quinta quinta-feira qui jueves jeudi donnerstag'.split(' '),
  'friday fri sexta sexta-feira sex viernes vendredi freitag'.split(' '),
  'saturday sat sabado sab samedi samstag'.split(' '),
  'sunday sun domingo dom dimanche sonntag'.split(' '),
]

const table = (names: string[][]) => new Map(names.flatMap((list, at) => list.map((name): [string, number] => [name, at + 1])))
const months = table(MONTHS)
const weekdays = table(WEEKDAYS)

/** Lower case, without accents: março and Marco are one month. */
export function fold(text: string): string {
  return text.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
}

export const monthNumber = (word: string) => months.get(fold(word).replace(/\.$/, ''))
/** 1 = Monday. */
export const weekdayNumber = (word: string) => weekdays.get(fold(word).replace(/\.$/, ''))
export const MONTH_WORDS = [...months.keys()]
