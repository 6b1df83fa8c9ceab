const browsers: [name: string, sign: RegExp][] = [
  ['Edge', /\bEdg(e|A|iOS)?\//],
  ['Opera', /\bOPR\//],
  ['Firefox', /\b(Firefox|FxiOS)\//],
  ['Chrome', /\b(Chrome|HeadlessChrome|CriOS)\//],
  ['Safari', /\bSafari\//],
]
const systems: [name: string, sign: RegExp][] = [
  ['Android', /\bAndroid\b/],
  ['iOS', /\b(iPhone|iPad)\b/],
  ['Windows', /\bWindows\b/],
  ['macOS', /\bMac OS X\b/],
  ['Linux', /\bLinux\b/],
]

/** As people know it, of what a browser says of itself; else the first word of that, such as `curl/8.5.0`. Null where it said nothing. */
export function browserName(user_agent: string | null): string | null {
  if (!user_agent) return null
  const browser = browsers.find(([, sign]) => sign.test(user_agent))?.[0]
  const system = systems.find(([, sign]) => sign.test(user_agent))?.[0]
  return browser ? [browser, system].filter(Boolean).join(', ') : (user_agent.split(' ')[0] ?? null)
}
