import type { Match } from './extract.ts'

const URL_START = /(?<![\p{L}\p{N}])(?:(?:https?|ftps?|sftp|wss?|git|ssh|file):\/\/|www\.(?=[\p{L}\p{N}]))[^\s<>"'`“”‘’«»]*/giu
const EMAIL =
  /(?<![\p{L}\p{N}._%+@-])[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+(?:\.[\p{L}\p{N}!#$%&'*+/=?^_`{|}~-]+)*@(?:[\p{L}\p{N}](?:[\p{L}\p{N}-]{0,61}[\p{L}\p{N}])?\.)+(?:xn--[a-z0-9-]+|\p{L}{2,63})(?![\p{L}\p{N}@]|-[\p{L}\p{N}])/giu

export function findWeb(text: string): Match[] {
  return [...findUrls(text), ...findEmails(text), ...findAddresses(text)]
}

function findUrls(text: string): Match[] {
  return [...text.matchAll(URL_START)].flatMap(({ 0: whole, index }) => {
    const value = withoutTrailing(whole)
    const readable = URL.canParse(/^www\./i.test(value) ? `http://${value}` : value) && /[\p{L}\p{N}\]]/u.test(value.replace(/^[a-z]+:\/\//i, ''))
    const named = /^www\./i.test(value) ? /^www\.[^/?#]*\.\p{L}{2,}/iu.test(value) : true
    return readable && named ? [{ type: 'url' as const, value, start: index, end: index + value.length }] : []
  })
}

/** The dot that ends the sentence and the bracket around the link are not of the link. */
function withoutTrailing(given: string): string {
  const many = new Map<string, number>()
  for (const letter of given) if (/[()[\]{}]/.test(letter)) many.set(letter, (many.get(letter) ?? 0) + 1)
  let end = given.length
  for (; end > 0; end--) {
    const last = given[end - 1] as string
    const opens = ({ ')': '(', ']': '[', '}': '{' } as Record<string, string>)[last]
    const alone = opens !== undefined && (many.get(last) ?? 0) > (many.get(opens) ?? 0)
    if (!alone && !/[.,;:!?*_~|\\]/.test(last)) break
    if (alone) many.set(last, (many.get(last) ?? 0) - 1)
  }
  return given.slice(0, end)
}

export function findEmails(text: string): Match[] {
  return [...text.matchAll(EMAIL)].flatMap(({ 0: whole, index }) => {
    // Quotes and brackets before an address are letters that one may hold.
    const cut = /^['`{|/=*_~]+/.exec(whole)?.[0].length ?? 0
    const value = whole.slice(whole.startsWith('_') ? 0 : cut)
    const start = index + whole.length - value.length
    return value.split('@')[0] !== '' && value.length <= 254 && (value.split('@')[0] as string).length <= 64
      ? [{ type: 'email' as const, value, start, end: start + value.length }]
      : []
  })
}

const OCTET = '(?:25[0-5]|2[0-4]\\d|1\\d\\d|[1-9]?\\d)'
const IPV4 = new RegExp(`(?<![\\p{L}\\p{N}_]|[\\p{N}]\\.)(?:${OCTET}\\.){3}${OCTET}(?!\\d|\\.\\d|[\\p{L}_])`, 'gu')
const IPV6 = /(?<![\p{L}\p{N}:.])(?:[0-9a-f]{0,4}:){2,7}(?:(?:\d{1,3}\.){3}\d{1,3}|[0-9a-f]{0,4})(?:%[\w.-]+)?(?![\p{L}\p{N}:]|\.\d)/giu

function findAddresses(text: string): Match[] {
  const six = [...text.matchAll(IPV6)].flatMap(({ 0: value, index }) =>
    value !== '::' && URL.canParse(`http://[${value.replace(/%.*/, '')}]/`)
      ? [{ type: 'ip' as const, value, start: index, end: index + value.length, version: 6 }]
      : [],
  )
  return [
    ...six,
    ...[...text.matchAll(IPV4)].map(({ 0: value, index }) => ({ type: 'ip' as const, value, start: index, end: index + value.length, version: 4 })),
  ]
}

/** A hashtag holds a letter; #1 is a number. */
const HASHTAG = /(?<![\p{L}\p{M}\p{N}_&/#@])[#＃](?=[\p{N}_]*[\p{L}\p{M}])[\p{L}\p{M}\p{N}_]+/gu
const MENTION = /(?<![\p{L}\p{M}\p{N}_@/.-])@[\p{L}\p{N}_](?:[\p{L}\p{M}\p{N}_.-]*[\p{L}\p{M}\p{N}_])?(?![@])/gu

export function findTags(text: string): Match[] {
  const found = (type: 'hashtag' | 'mention', pattern: RegExp) =>
    [...text.matchAll(pattern)].map(({ 0: value, index }) => ({ type, value, start: index, end: index + value.length, name: value.slice(1) }))
  return [...found('hashtag', HASHTAG), ...found('mention', MENTION)]
}
