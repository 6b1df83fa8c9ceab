/** The beginning of a message in one line, without the marks of Markdown. */
export function previewOf(content: string): string {
  return content
    .slice(0, 400)
    .replaceAll(/\*\*|~~|`+|^\s*(?:#{1,6}|>|[-*+])\s+/gm, '')
    .replaceAll(/!?\[([^\]]*)\]\([^)]*\)/g, '$1')
    .replaceAll(/\s+/g, ' ')
    .trim()
    .slice(0, 120)
}
