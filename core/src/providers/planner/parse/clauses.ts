import { plain, root } from '../words.ts'

const VERBS =
  'parse read load import keep filter remove drop delete exclude ignore discard sort order rank return give show list tell output display print find get convert change turn transform normalise normalize standardise standardize format rename add append create compute calculate calc sum total average avg mean median count group aggregate join merge combine pivot unpivot melt fill replace set cast select pick take limit dedupe deduplicate validate check verify describe summarise summarize profile flatten compare diff multiply divide subtract increase decrease raise reduce round clean fix repair trim strip export extract query use call run invoke send post notify email look lookup search fetch translate write save make include determine work uppercase lowercase capitalize capitalise split divide delete update report provide present'
const STARTERS = new RegExp(
  `^(?:(?:and|then|also|finally|lastly|next|afterwards|now|please|just|only|can you|could you|would you|i (?:want|need)(?: you)? to|let me know|i(?:'d| would) like(?: to know)?)[, ]+)*(?:(?:${VERBS.split(' ').join('|')})\\b|(?:the )?(?:top|bottom|first|last) \\d+|(?:the )?(?:highest|lowest|maximum|minimum|max|min|number of|sum|total|average|mean|median|count|standard deviation)\\b|(?:what|which|who|whose|when|where is|how (?:many|much|long|old))\\b|is |are |in total)`,
  'i',
)
const AGGREGATE_NOUN = /^(?:the )?(?:total|average|avg|mean|median|count|sum|max|min|maximum|minimum)\b/i
/** Verbs whose objects are lists of columns, in which "total" is a name. */
const TAKES_NAMES = /^(?:select|keep|drop|remove|delete|rename|group|show|return|pick|extract|include|sort|order|list|fill|round|convert|cast)\b/i

const GROUPED = /\b(?:by|per|for each|for every|in each|across)\s+\p{L}/iu
const AGGREGATE_ANY = /\b(?:total|average|avg|mean|median|count|sum|max|min|maximum|minimum|number of|highest|lowest)\b/i

export type Clause = { text: string; heading: boolean }

/**
 * Parts an instruction into the things it asks for. A comma or "and" parts only where a new request begins; "columns a and b" stays whole.
 */
export function splitClauses(text: string, columnNames: string[] = [], toolVerbs: ReadonlySet<string> = new Set()): Clause[] {
  const shielded = shield(text.replace(/^\s*(?:[-*•]|\(?\d{1,2}[.)])\s+/, ''))
  const names = new Set(columnNames.map(plain))
  const clauses: Clause[] = []
  let current = ''
  const push = (heading = false) => {
    const said = tidy(restore(current, shielded.kept))
    if (said && !/^\(?\d{1,2}[.)]?$/.test(said)) clauses.push({ text: said, heading })
    current = ''
  }
  const pattern =
    /(\s*[;\n]+\s*(?:[-*•]\s+|\(?\d{1,2}[.)]\s+)?|[.!?]+(?=\s|$)\s*(?:\(?\d{1,2}[.)]\s+)?|,?\s+(?:and\s+)?(?:then|after that|afterwards|finally|lastly)[,\s]+|:\s+|,\s*(?:and\s+|but\s+|also\s+|plus\s+|as well as\s+)?|\s+(?:and also|as well as|and|but|plus|&|\+)\s+)/gi
  let at = 0
  for (const match of shielded.text.matchAll(pattern)) {
    const rest = shielded.text.slice(match.index + match[0].length)
    const mark = match[0].trim().toLowerCase()
    current += shielded.text.slice(at, match.index)
    at = match.index + match[0].length
    if (mark === ':') {
      if (STARTERS.test(rest) || /^(?:\(?\d{1,2}[.)]|[-*•])\s/.test(rest)) push(true)
      else current += match[0]
    } else if (/^by\b/i.test(rest) && /then/.test(mark)) current += `${match[0].trimEnd()} `
    else if (/^[;.!?]|^$|then|after|finally|lastly/.test(mark) || match[0].includes('\n')) {
      if (/^\.$/.test(mark) && /\b(?:e\.g|i\.e|vs|approx|no|st)$/i.test(current)) current += match[0]
      else push()
    } else if ((STARTERS.test(rest) || opensTool(rest, toolVerbs)) && !staysTogether(current, rest, names)) push()
    else current += match[0]
  }
  current += shielded.text.slice(at)
  push()
  return clauses
}

function opensTool(rest: string, verbs: ReadonlySet<string>): boolean {
  const first = /^[\p{L}]+/u.exec(rest)?.[0]
  return first !== undefined && verbs.has(root(plain(first)))
}

function staysTogether(before: string, rest: string, names: Set<string>): boolean {
  if (/^(?:the )?(?:highest|lowest|largest|smallest|biggest|newest|oldest|latest|cheapest|best) first\b/i.test(rest)) return true
  const first = /^(?:the )?([\p{L}_]\w*)/iu.exec(rest)?.[1] ?? ''
  const namesColumn =
    names.has(plain(first)) &&
    /^(?:the )?[\p{L}_]\w*\s*(?:$|,|and\b|columns?\b|fields?\b|to\b|by\b|where\b|for\b|of\b|descending|ascending|desc|asc|[=<>.;])/iu.test(rest)
  if (namesColumn && (TAKES_NAMES.test(tidy(before)) || /\b(?:by|columns?|fields?|between|for|of)\s[^,]*$/i.test(before))) return true
  // "total amount and number of orders per status": both are per status.
  const sentence = /^[^.;\n]*?(?=,\s*(?:and\s+)?(?:then|sort|order|return|show|keep)\b|[.;\n]|$)/i.exec(rest)?.[0] ?? ''
  if (
    /^(?:the )?(?:total|average|avg|mean|median|count|sum|max|min|maximum|minimum|number of)\b/i.test(rest) &&
    GROUPED.test(sentence) &&
    !GROUPED.test(before) &&
    AGGREGATE_ANY.test(before) &&
    !/\bwhere\b/i.test(before) &&
    // The same figure once more, and now by group: two requests.
    !rest.toLowerCase().startsWith(tidy(before).toLowerCase())
  )
    return true
  if (/\b(?:pivot|cross-?tab)/i.test(before) && AGGREGATE_NOUN.test(rest)) return true
  // "average and maximum salary": an aggregate without its column waits for the next.
  if (AGGREGATE_NOUN.test(rest) && /(?:^|\s)(?:total|sum|average|avg|mean|median|count|max|min|maximum|minimum|lowest|highest)\s*$/i.test(before))
    return true
  if (/^(?:max|min|maximum|minimum|mean|median|sum|count|total|average|avg|standard deviation)\b/i.test(rest) && listsAggregates(before)) return true
  return /\b(?:between|from)\s+\S+(?:\s\S+)?\s*$/i.test(before) && /^(?:the )?(?:first|last)/i.test(rest)
}

/** "mean, median, max of price" or "count, sum and average of amount". */
function listsAggregates(before: string): boolean {
  return /^(?:(?:please|what (?:is|are)|give me|show(?: me)?|calculate|compute|find|get|return|report|tell me)\s+)*(?:the\s+)?(?:(?:total|sum|average|avg|mean|median|count|max|min|maximum|minimum|standard deviation)[,\s]*)+$/i.test(
    before.trim(),
  )
}

function tidy(text: string): string {
  let said = text.trim()
  for (let before = ''; before !== said;) {
    before = said
    said = said
      .replace(
        /^(?:and|then|also|finally|lastly|next|afterwards|now|first(?:ly)?,|second(?:ly)?,|please|kindly|just|hi|hello|hey|ok|okay|so|well)\b[,\s]+/i,
        '',
      )
      .replace(
        /^(?:from|in|using|given|with|for|on)\s+(?:the|this|these|my|our)\s+(?:following\s+|attached\s+)?(?:list|table|data|dataset|csv|tsv|json|file|rows|records)(?:\s+(?:below|above|attached|given|provided|here))?,?\s+(?=\p{L})/iu,
        '',
      )
      .replace(/^(?:can|could|would|will) you (?:please )?(?:tell me )?(?=\w)/i, '')
      .replace(/^(?:i|we) (?:want|need|would like|'d like)(?: you)? to (?:know )?/i, '')
      .replace(/^(?:i'd|we'd) like(?: you)? to (?:know )?/i, '')
      .replace(/^(?:help me(?: to)?|let's|let us|go ahead and|make sure to|be sure to|you (?:should|must|need to|have to))\s+/i, '')
      .replace(/[,\s.!?:]+(?:please|thanks|thank you)?[\s.!?]*$/i, '')
      .trim()
  }
  return said
}

/** Quoted text, brackets and decimals are never parted. */
function shield(text: string): { text: string; kept: string[] } {
  const kept: string[] = []
  const shielded = text.replace(
    /"[^"\n]*"|`[^`\n]*`|(?<![\p{L}\p{N}])'[^'\n]*'(?![\p{L}\p{N}])|“[^”\n]*”|\([^()\n]*\)|https?:\/\/[^\s,;]+|\d[\d,]*\.?\d*,\d+(?:\.\d+)?/gu,
    (match) => {
      const safe = match.startsWith('http') ? match.replace(/[.!?]+$/, '') : match
      kept.push(safe)
      return `\uE000${kept.length - 1}\uE001${match.slice(safe.length)}`
    },
  )
  return { text: shielded, kept }
}

function restore(text: string, kept: string[]): string {
  let said = text
  // A shielded piece may hold another.
  for (let round = 0; round < 3 && said.includes('\uE000'); round++)
    said = said.replace(/\uE000(\d+)\uE001/g, (_whole, index: string) => kept[Number(index)] ?? '')
  return said
}
