/** Postgres takes neither NUL nor half of a surrogate pair, and no reader can show them. For text that nobody can be asked to write anew. */
export function storableText(text: string) {
  return text.replaceAll('\0', '\uFFFD').toWellFormed()
}
