import { HookError } from '@cadre/contract/forgehook'

// RFC 3492, section 5.
const BASE = 36
const T_MIN = 1
const T_MAX = 26
const SKEW = 38
const DAMP = 700
const MAX = 0x7fffffff

function adapt(given: number, points: number, first: boolean): number {
  let delta = first ? Math.floor(given / DAMP) : given >> 1
  delta += Math.floor(delta / points)
  let k = 0
  for (; delta > ((BASE - T_MIN) * T_MAX) >> 1; k += BASE) delta = Math.floor(delta / (BASE - T_MIN))
  return Math.floor(k + ((BASE - T_MIN + 1) * delta) / (delta + SKEW))
}

const threshold = (k: number, bias: number) => Math.min(Math.max(k - bias, T_MIN), T_MAX)
const digit = (value: number) => String.fromCharCode(value < 26 ? value + 97 : value + 22)

export function toPunycode(text: string): string {
  const points = [...text].map((letter) => letter.codePointAt(0) as number)
  const basic = points.filter((point) => point < 128)
  let output = String.fromCharCode(...basic) + (basic.length > 0 ? '-' : '')
  let [n, delta, bias, done] = [128, 0, 72, basic.length]
  while (done < points.length) {
    const next = Math.min(...points.filter((point) => point >= n))
    delta += (next - n) * (done + 1)
    n = next
    for (const point of points) {
      if (point < n) delta++
      if (point !== n) continue
      let q = delta
      for (let k = BASE; ; k += BASE) {
        const t = threshold(k, bias)
        if (q < t) break
        output += digit(t + ((q - t) % (BASE - t)))
        q = Math.floor((q - t) / (BASE - t))
      }
      output += digit(q)
      bias = adapt(delta, done + 1, done === basic.length)
      delta = 0
      done++
    }
    delta++
    n++
  }
  return output
}

export function fromPunycode(text: string): string {
  const wrong = (why: string) => new HookError(`is not punycode: ${why}`, 'text')
  if (/[^\u0000-\u007f]/.test(text)) throw wrong('it holds letters outside ASCII')
  const dash = text.lastIndexOf('-')
  const output = [...text.slice(0, Math.max(dash, 0))].map((letter) => letter.codePointAt(0) as number)
  let [n, i, bias, at] = [128, 0, 72, dash > 0 ? dash + 1 : dash === 0 ? 1 : 0]
  while (at < text.length) {
    const before = i
    let weight = 1
    for (let k = BASE; ; k += BASE) {
      const code = text.toLowerCase().charCodeAt(at++)
      const value = code >= 97 && code <= 122 ? code - 97 : code >= 48 && code <= 57 ? code - 22 : undefined
      if (value === undefined) throw wrong(at > text.length ? 'it ends too early' : `${JSON.stringify(text[at - 1])} is no digit of it`)
      i += value * weight
      const t = threshold(k, bias)
      if (value < t) break
      weight *= BASE - t
      if (i > MAX || weight > MAX) throw wrong('a number in it is too large')
    }
    bias = adapt(i - before, output.length + 1, before === 0)
    n += Math.floor(i / (output.length + 1))
    i %= output.length + 1
    if (n > 0x10ffff || (n >= 0xd800 && n <= 0xdfff)) throw wrong('it stands for what is no character')
    output.splice(i++, 0, n)
  }
  return output.map((point) => String.fromCodePoint(point)).join('')
}
