const longest = 500

/**
 * An error of code that did not mean to speak to anybody, as a model may see it: one line, without places on this machine. What the author
 * of a tool says on purpose (HookError) does not pass through here.
 */
export function shortMessage(message: string): string {
  const [line = ''] = message.split('\n', 1)
  return line
    .replace(/file:\/\/\/?[^\s'")]+/g, '…')
    .replace(/(^|[\s'"`(=:[<])(?:\/[\w@.+~-]+){2,}\/?/g, '$1…')
    .replace(/\b[A-Za-z]:\\[^\s'")]+/g, '…')
    .slice(0, longest)
}
