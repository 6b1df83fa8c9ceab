const MOST_CHARS = 1_000_000

/** The part of a long text that is asked for, and where the next begins. Never half a character. */
export function bounded(text: string, offset = 0, room = MOST_CHARS, warnings: string[] = []) {
  let end = Math.min(text.length, offset + room)
  if (end < text.length && /[\ud800-\udbff]/.test(text[end - 1] ?? '') && end - 1 > offset) end--
  const isCut = end < text.length
  if (isCut) warnings.push(`the text has ${text.length} characters; go on with offset_chars ${end}`)
  return { text: text.slice(offset, end), total_chars: text.length, truncated: isCut, ...(isCut ? { next_offset_chars: end } : {}) }
}
