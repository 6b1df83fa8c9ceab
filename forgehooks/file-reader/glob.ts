import { HookError } from '@cadre/contract/forgehook'

export type Glob = { matches: (relative: string) => boolean; depth: number }

// A pattern such as `*.csv`, `2024/*.{csv,xlsx}` or `**/notes?.md`, without regard to case. Without a slash it is about the name alone.
// `depth`: how deep one must look for it.
export function globOf(pattern: string): Glob {
  const trimmed = pattern.replaceAll('\\', '/').replace(/^\.?\/+/, '')
  const parts = expand(trimmed)
  const all = parts.map(patternOf)
  const byName = !trimmed.includes('/')
  return {
    matches: (relative) => all.some((each) => each.test(byName ? relative.slice(relative.lastIndexOf('/') + 1) : relative)),
    depth: trimmed.includes('**') ? 5 : trimmed.split('/').length,
  }
}

/** `{a,b}`, also several of them. */
function expand(pattern: string): string[] {
  let done = ['']
  for (const [plain, choices] of pattern.matchAll(/\{([^{}]*)\}|[^{]+|\{/g)) {
    const each = choices === undefined ? [plain] : choices.split(',')
    done = done.flatMap((before) => each.map((choice) => before + choice))
    if (done.length > 200) throw new HookError('has too many alternatives', 'pattern')
  }
  return done
}

function patternOf(part: string): RegExp {
  try {
    return new RegExp(`^${sourceOf(part)}$`, 'isu')
  } catch {
    throw new HookError('has a set of characters that is none, such as [z-a]', 'pattern')
  }
}

function sourceOf(pattern: string): string {
  return pattern.replace(/\*\*\/|\*+|\?|\[(!?)([^\]/]+)\]|[\s\S]/gu, (found, not?: string, set?: string) => {
    if (found === '**/') return '(?:[^/]+/)*'
    if (found.startsWith('*')) return found.length > 1 ? '.*' : '[^/]*'
    if (found === '?') return '[^/]'
    if (set !== undefined) return `[${not ? '^/' : ''}${set.replace(/[\\\]^]/g, '\\$&')}]`
    return /[\\^$.*+?()[\]{}|/]/.test(found) ? `\\${found}` : found
  })
}
