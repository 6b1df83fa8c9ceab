/**
 * A key, token or sealed text with one character changed. A fixed end put in its place would be the end it had once in 64 times, and the very last
 * characters of base64 may hold bits that count for nothing.
 */
export function altered(text: string): string {
  const at = text.length - 5
  return `${text.slice(0, at)}${text[at] === 'A' ? 'B' : 'A'}${text.slice(at + 1)}`
}
