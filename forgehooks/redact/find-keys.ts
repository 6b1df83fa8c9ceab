import type { Found } from './find.ts'

/** Where a key may begin and end: not within a longer word. */
const from = String.raw`(?<![A-Za-z0-9_-])`
const to = String.raw`(?![A-Za-z0-9_-])`

/**
 * Forms that their issuers document. Each begins with something fixed, so that a text of any length is read once; `(?=...)` asks for a digit
 * where words alone would fit.
 */
const forms = [
  'sk-ant-(?:[a-z]+\\d*-)?[A-Za-z0-9_-]{20,200}', // Anthropic
  'sk-or-v1-[0-9a-f]{64}', // OpenRouter
  'sk-(?:proj|svcacct|admin|None)-[A-Za-z0-9_-]{20,250}', // OpenAI
  'sk-(?=[A-Za-z0-9]*\\d)(?=[A-Za-z0-9]*[A-Za-z])[A-Za-z0-9]{20,100}', // OpenAI before, DeepSeek and others who took its form
  'sk-lf-[0-9a-f-]{36}', // Langfuse
  '(?:AKIA|ASIA|ABIA|ACCA)[A-Z2-7]{16}', // AWS
  'gh[opusr]_[A-Za-z0-9]{36,251}', // GitHub
  'github_pat_[A-Za-z0-9_]{40,250}',
  'gl(?:pat|dt|rt|ptt|ft|soat|agent|imt|cbt|oas|ffct)-[A-Za-z0-9_-]{20,100}', // GitLab
  'xox[abeoprs]-(?=[A-Za-z0-9-]*\\d)[A-Za-z0-9-]{10,250}', // Slack
  'xapp-\\d-[A-Za-z0-9-]{20,250}',
  '(?:sk|rk)_(?:live|test)_[A-Za-z0-9]{16,250}', // Stripe
  'whsec_[A-Za-z0-9+/=]{24,100}', // Stripe, Svix
  'AIza[A-Za-z0-9_-]{35}', // Google
  'ya29\\.[A-Za-z0-9_-]{20,500}',
  'GOCSPX-[A-Za-z0-9_-]{28}',
  'SG\\.[A-Za-z0-9_-]{22}\\.[A-Za-z0-9_-]{43}', // SendGrid
  'key-[0-9a-f]{32}', // Mailgun
  'SK[0-9a-f]{32}', // Twilio
  'npm_[A-Za-z0-9]{36}',
  'pypi-AgE[A-Za-z0-9_-]{50,500}',
  'hf_[A-Za-z]{30,50}', // Hugging Face
  'hf_(?=[A-Za-z0-9]*\\d)[A-Za-z0-9]{30,50}',
  'r8_[A-Za-z0-9]{37}', // Replicate
  'gsk_[A-Za-z0-9]{40,60}', // Groq
  'xai-[A-Za-z0-9]{60,100}',
  'pplx-[A-Za-z0-9]{40,60}', // Perplexity
  'fw_[A-Za-z0-9]{22,40}', // Fireworks
  'do[opr]_v1_[0-9a-f]{64}', // DigitalOcean
  'shp(?:at|ca|pa|ss)_[0-9a-fA-F]{32}', // Shopify
  'sq0(?:atp|csp|idp)-[A-Za-z0-9_-]{22,43}', // Square
  'dapi[0-9a-f]{32}(?:-\\d)?', // Databricks
  'lin_api_[A-Za-z0-9]{40}', // Linear
  'ntn_[A-Za-z0-9]{40,50}', // Notion
  'secret_[A-Za-z0-9]{43}',
  'hv[sbr]\\.[A-Za-z0-9_-]{24,300}', // HashiCorp Vault
  'AGE-SECRET-KEY-1[0-9A-Z]{58}',
  'figd_[A-Za-z0-9_-]{40,60}', // Figma
  'PMAK-[0-9a-f]{24}-[0-9a-f]{34}', // Postman
  'ATATT3[A-Za-z0-9_=-]{100,300}', // Atlassian
  'dp\\.(?:pt|st|ct|sa)\\.[A-Za-z0-9._-]{40,60}', // Doppler
  'sbp_[0-9a-f]{40}', // Supabase
  'dckr_pat_[A-Za-z0-9_-]{27}', // Docker
  'pul-[0-9a-f]{40}', // Pulumi
  'glsa_[A-Za-z0-9]{32}_[0-9a-f]{8}', // Grafana
  'NRAK-[A-Z0-9]{27}', // New Relic
  'rubygems_[0-9a-f]{48}',
  'EAA[A-Za-z0-9]{60,300}', // Meta
  'cdr_[0-9a-z]{8}_[A-Za-z0-9_-]{32}', // Cadre
  '\\d{8,10}:AA[A-Za-z0-9_-]{33}', // Telegram
  '[MNO][A-Za-z0-9_-]{23,27}\\.[A-Za-z0-9_-]{6}\\.[A-Za-z0-9_-]{27,40}', // Discord
  'APP_USR-\\d{10,20}-\\d{6}-[0-9a-f]{32}-\\d{5,12}', // Mercado Pago
]
const keys = new RegExp(`${from}(?:${forms.join('|')})${to}`, 'g')

/** What stands before a secret that has no form of its own; only the secret is taken out. */
const named = [
  /(?<![A-Za-z0-9])(?:aws_?)?secret_?access_?key["']?\s{0,5}[:=]\s{0,5}["']?([A-Za-z0-9/+]{40})(?![A-Za-z0-9/+=])/gi,
  /(?<![A-Za-z0-9])AccountKey\s{0,5}=\s{0,5}([A-Za-z0-9+/]{86}==)/gi,
  /(?<![A-Za-z0-9])(?:authorization["']?\s{0,5}[:=]\s{0,5}["']?)?bearer\s{1,5}((?=[A-Za-z0-9._~+/-]{0,200}\d)[A-Za-z0-9._~+/-]{20,4000}=*)/gi,
  /(?<![A-Za-z0-9])authorization["']?\s{0,5}[:=]\s{0,5}["']?basic\s{1,5}([A-Za-z0-9+/]{8,4000}={0,2})/gi,
  /hooks\.slack\.com\/(?:services|workflows|triggers)\/([A-Za-z0-9_/-]{20,200})/gi,
  /discord(?:app)?\.com\/api\/webhooks\/(\d{10,25}\/[A-Za-z0-9_-]{40,100})/gi,
]

/** Keys of services, and passwords in addresses (`https://user:password@host`). */
export function findKeys(text: string): Found[] {
  const found: Found[] = [...text.matchAll(keys)].map(({ 0: key, index }) => ({ kind: 'api_key', start: index, end: index + key.length }))
  for (const pattern of named)
    for (const { 0: whole, 1: secret = '', index } of text.matchAll(pattern)) {
      const start = index + whole.lastIndexOf(secret)
      found.push({ kind: 'api_key', start, end: start + secret.length })
    }
  return [...found, ...passwordsInUrls(text)]
}

/** By the :// that each has: a pattern that began with the scheme would look at every letter of a long word again and again. */
function passwordsInUrls(text: string): Found[] {
  const found: Found[] = []
  for (let at = text.indexOf('://'); at >= 0; at = text.indexOf('://', at + 3)) {
    const [, user = '', password = ''] = /^([^\s:/?#@"'<>]{0,200}):([^\s/?#@"'<>]{1,200})@[^\s@/]/.exec(text.slice(at + 3, at + 410)) ?? []
    if (password === '' || !/[a-z0-9]$/i.test(text.slice(0, at).slice(-1)) || isPlaceholder(password)) continue
    const start = at + 3 + user.length + 1
    found.push({ kind: 'password', start, end: start + password.length })
  }
  return found
}

/** `https://user:password@host`, `postgres://app:$PASSWORD@db`: how documents show where one would stand. */
function isPlaceholder(password: string) {
  return /^(?:pass(?:word)?|pwd|secret|senha|x+|\*+|\.+|[<[{$%].*|redacted.*)$/i.test(password)
}

const blockBegin = /-----BEGIN ([A-Z0-9 ]{0,40})PRIVATE KEY(?: BLOCK)?-----/g
const blockEnd = /-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----/g
const keyText = /[A-Za-z0-9+/=]{16}/
const keyLines = /(?:\s|\\r|\\n|[>|#*] ?|[A-Za-z0-9-]{2,20}: [^\n]{0,100}\n|[A-Za-z0-9+/=]{16,})*/y
const longestBlock = 40_000

/** Private keys in PEM, OpenPGP's and PuTTY's form. One whose end is missing goes as far as its lines look like a key's. */
export function findPrivateKeys(text: string): Found[] {
  const begins = [...text.matchAll(blockBegin)]
  const ends = begins.length === 0 ? [] : [...text.matchAll(blockEnd)]
  const found: Found[] = []
  let at = 0
  for (const [i, { 0: begin, 1: label, index }] of begins.entries()) {
    const from = index + begin.length
    while ((ends[at]?.index ?? Infinity) < from) at++
    const closing = ends[at]
    const closes = closing && closing.index < (begins[i + 1]?.index ?? Infinity) && closing.index - from <= longestBlock
    // Words about a key between its two lines are no key.
    const isKey = closes && (label !== '' || keyText.test(text.slice(from, closing.index)))
    const end = isKey ? closing.index + closing[0].length : from + linesFrom(text, from)
    if (end > from) found.push({ kind: 'private_key', start: index, end })
  }
  return [...found, ...findPutty(text)]
}

/** How much of what begins here looks like the lines of a key. */
function linesFrom(text: string, from: number): number {
  keyLines.lastIndex = from
  const lines = keyLines.exec(text)?.[0] ?? ''
  return keyText.test(lines) ? lines.trimEnd().length : 0
}

function findPutty(text: string): Found[] {
  const found: Found[] = []
  for (let start = text.indexOf('PuTTY-User-Key-File-'); start >= 0; start = text.indexOf('PuTTY-User-Key-File-', start + 1)) {
    const mac = text.indexOf('Private-MAC: ', start)
    if (mac < 0) break
    if (mac - start > longestBlock) continue
    const end = mac + (/^Private-MAC: [0-9a-f]{0,128}/.exec(text.slice(mac, mac + 150))?.[0].length ?? 0)
    found.push({ kind: 'private_key', start, end })
    start = end
  }
  return found
}

const jwt = /(?<![A-Za-z0-9_-])eyJ[A-Za-z0-9_-]{8,}\.[A-Za-z0-9_-]{2,}(?:\.[A-Za-z0-9_-]*){1,3}/g

/** JSON Web Tokens: those whose first part says an algorithm. */
export function findTokens(text: string): Found[] {
  return [...text.matchAll(jwt)].flatMap(({ 0: token, index }) =>
    saysAlgorithm(token) ? [{ kind: 'jwt' as const, start: index, end: index + token.length }] : [],
  )
}

function saysAlgorithm(token: string): boolean {
  try {
    const header: unknown = JSON.parse(atob(token.slice(0, token.indexOf('.')).replaceAll('-', '+').replaceAll('_', '/')))
    return typeof header === 'object' && header !== null && 'alg' in header
  } catch {
    return false
  }
}
