/** Names of months in English, Portuguese, Spanish, French, German, Italian and Dutch, without accents and dots. */
const MONTHS: string[][] = [
  'january jan janeiro enero ene janvier janv januar janner jaenner gennaio gen januari'.split(' '),
  'february feb febr fevereiro fev febrero fevrier fevr februar feber febbraio februari'.split(' '),
  'march mar marco marzo mars marz maerz mrz maart'.split(' '),
  'april apr abril abr avril avr aprile'.split(' '),
  'may maio mai mayo maggio mag mei'.split(' '),
  'june jun junho junio juin juni giugno giu'.split(' '),
  'july jul julho julio juillet juil juli luglio lug'.split(' '),
  'august aug agosto ago aout augustus'.split(' '),
  'september sep sept setembro set septiembre setiembre septembre settembre'.split(' '),
  'october oct outubro out octubre octobre oktober okt ottobre ott'.split(' '),
  'november nov novembro noviembre novembre'.split(' '),
  'december dec dezembro dez diciembre dic decembre dezember dicembre'.split(' '),
]
const WEEKDAYS: string[][] = [
  'monday mon segunda segunda-feira seg lunes lun lundi montag mo lunedi maandag'.split(' '),
  'tuesday tue tues terca terca-feira ter martes mardi dienstag di martedi dinsdag'.split(' '),
  'wednesday wed weds quarta quarta-feira qua miercoles mie mercredi mer mittwoch mi mercoledi woensdag'.split(' '),
  'thursday thu thur thurs quinta quinta-feira qui jueves jue jeudi jeu donnerstag do giovedi donderdag'.split(' '),
  'friday fri sexta sexta-feira sex viernes vie vendredi ven freitag fr venerdi vrijdag'.split(' '),
  'saturday sat sabado sab samedi sam samstag sonnabend sa sabato zaterdag'.split(' '),
  'sunday sun domingo dom dimanche dim sonntag so domenica zondag'.split(' '),
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

const ORDINALS = 'first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth'.split(' ')
const CARDINALS = 'zero one two three four five six seven eight nine ten eleven twelve'.split(' ')

/** `first`, `1st`, `3rd`, `1º`, `1er`; undefined when it is no ordinal. */
export function ordinalNumber(word: string): number | undefined {
  const written = /^(\d{1,3})(?:st|nd|rd|th|º|ª|o|a|er|e|eme|\.)$/.exec(word)
  if (written) return Number(written[1])
  const place = ORDINALS.indexOf(word)
  return place < 0 ? undefined : place + 1
}

/** `3`, `three`, `a`, `an`, `1.5`; undefined when it is no number. */
export function cardinalNumber(word: string): number | undefined {
  if (/^\d{1,7}(?:\.\d{1,4})?$/.test(word)) return Number(word)
  if (word === 'a' || word === 'an') return 1
  const place = CARDINALS.indexOf(word)
  return place < 0 ? undefined : place
}
