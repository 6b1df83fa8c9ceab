import { HookError } from '@cadre/contract/forgehook'

export type ReadPattern = { source: string; flags: string; groups: number; names: string[] }

const FLAGS = 'gimsuvyd'

/** JavaScript's regular expressions, and of Python's what means the same under another spelling: (?P<name>...), (?P=name), (?i) at the front. */
export function readPattern(pattern: string, given: string): ReadPattern {
  let flags = given
  for (const [index, flag] of [...flags].entries()) {
    if (!FLAGS.includes(flag))
      throw new HookError(`${JSON.stringify(flag)} is no flag; known: i (case), m (^ and $ at lines), s (. takes line ends), u, v, y, g`, 'flags')
    if (flags.indexOf(flag) !== index) throw new HookError(`${JSON.stringify(flag)} stands there twice`, 'flags')
  }
  let source = pattern.replaceAll(/(\\.)|\(\?P<|\(\?P=(\w+)\)/gs, (whole, escape: string | undefined, name: string | undefined) =>
    escape === undefined ? (name === undefined ? '(?<' : `\\k<${name}>`) : whole,
  )
  const inline = /^\(\?([ims]+)\)/.exec(source)
  if (inline) {
    source = source.slice(inline[0].length)
    for (const flag of inline[1] as string) if (!flags.includes(flag)) flags += flag
  }
  const posix = /\[\[:(\w+):\]/.exec(source)
  if (posix && !flags.includes('v'))
    throw new HookError(`is not a regular expression of JavaScript: [:${posix[1]}:] means nothing there; use \\p{...} or a-z`, 'pattern')
  const complaint = complaintOf(source, flags.replace(/[gy]/g, ''))
  if (complaint) throw new HookError(`is not a regular expression: ${complaint}`, 'pattern')
  // Without u, a character beyond U+FFFF counts as two and letters behind a "\" pass for themselves. Some old patterns only read without it.
  const unicode = /[uv]/.test(flags) || complaintOf(source, `${flags.replace(/[gy]/g, '')}u`) !== undefined ? flags : `${flags}u`
  if (!/[uv]/.test(unicode)) refuseForeign(source)
  const all = unicode.includes('y') || unicode.includes('g') ? unicode : `${unicode}g`
  const both = all.includes('g') ? all : `${all}g`
  const probe = new RegExp(`${source}|`, both.replace('y', '')).exec('') as RegExpExecArray
  return { source, flags: both, groups: probe.length - 1, names: Object.keys(probe.groups ?? {}) }
}

function complaintOf(source: string, flags: string): string | undefined {
  try {
    RegExp(source, flags)
    return undefined
  } catch (error) {
    return (error as Error).message.replace(/^Invalid regular expression: /, '').replace(/^\/.*\/\w*: /s, '')
  }
}

/** Escapes of other languages, which JavaScript would take for plain letters. */
function refuseForeign(source: string) {
  const inClasses = source.replaceAll(/\\[^a-zA-Z]|\\[dDwWsSbBtnvfrckuxpP]/g, '')
  const found = /\\([a-zA-Z])/.exec(inClasses)
  if (!found) return
  const letter = found[1] as string
  const instead =
    { A: '; the beginning is ^', Z: '; the end is $', z: '; the end is $', h: '; space is [ \\t]', R: '; a line end is (?:\\r\\n|\\n|\\r)' }[
      letter
    ] ?? ''
  throw new HookError(`is not a regular expression of JavaScript: \\${letter} means nothing there${instead}`, 'pattern')
}

/** What looks like a reference in a replacement, but is text. */
export function warningsOf(replacement: string, { groups, names }: ReadPattern): string[] {
  const warnings: string[] = []
  for (const [whole, name] of replacement.matchAll(/\$<([^>]*)>/g))
    if (!names.includes(name as string))
      throw new HookError(
        `${whole} names no group of the pattern${names.length > 0 ? `; it has ${names.join(', ')}` : ', which has none with a name'}`,
        'replacement',
      )
  const rest = replacement.replaceAll('$$', '')
  for (const [whole, digits] of rest.matchAll(/\$(\d{1,2})/g)) {
    const fits = (text: string) => Number(text) >= 1 && Number(text) <= groups
    if (!fits(digits as string) && !fits((digits as string).charAt(0))) warnings.push(`${whole} is text: the pattern has ${groups} groups`)
  }
  const python = /\\(?:\d|g<\w+>)/.exec(rest)
  if (python) warnings.push(`${python[0]} is text; a group is written $1 or $<name>`)
  return warnings
}
