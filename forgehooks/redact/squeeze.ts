/** A text without what hides things in it from a search, and the way back from places in it to places in the original. */
export type Squeezed = {
  text: string
  /** The place in the original of the unit at a place here; one more at the end. */ at: (place: number) => number
}

/** Zero-width characters, joiners, the soft hyphen and the like. */
const invisible = /\p{Default_Ignorable_Code_Point}/u
const unusual = /[^\n\r\t\x20-\x7e]/
/** The zeros of decimal digits in the first plane; nine more follow each. */
const zeros = [0x660, 0x6f0, 0x7c0, 0x966, 0x9e6, 0xa66, 0xae6, 0xb66, 0xbe6, 0xc66, 0xce6, 0xd66, 0xe50, 0xed0, 0xf20, 0xff10]

/** One unit stays one unit, or goes: digits of all scripts become 0-9, full-width letters plain ones, spaces and dashes the usual ones. */
export function squeeze(text: string): Squeezed {
  if (!unusual.test(text)) return { text, at: (place) => place }
  const places: number[] = []
  let squeezed = ''
  for (let i = 0; i < text.length; i++) {
    const unit = text[i] as string
    if (invisible.test(unit)) continue
    squeezed += unit > '~' ? plain(unit) : unit
    places.push(i)
  }
  places.push(text.length)
  return { text: squeezed, at: (place) => places[place] ?? text.length }
}

function plain(unit: string): string {
  const code = unit.charCodeAt(0)
  const zero = zeros.find((each) => code >= each && code < each + 10)
  if (zero !== undefined) return String(code - zero)
  if (code >= 0xff01 && code <= 0xff5e) return String.fromCharCode(code - 0xfee0)
  if (/[\u2010-\u2015\u2212\ufe58\ufe63]/.test(unit)) return '-'
  return /[\p{Zs}]/u.test(unit) ? ' ' : unit
}
