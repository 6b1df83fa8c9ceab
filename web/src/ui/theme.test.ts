import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'

const css = readFileSync(join(import.meta.dirname, 'theme.css'), 'utf8')

function colours(selector: string): Record<string, string> {
  const [, block = ''] = css.split(`${selector} {`)
  return Object.fromEntries(
    [...(block.split('}')[0] ?? '').matchAll(/--([\w-]+): (#[0-9a-f]{6});/g)].map(([, name = '', value = '']) => [name, value]),
  )
}

/** As WCAG 2 defines it. */
function contrast(a: string, b: string) {
  const luminance = (hex: string) => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const part = Number.parseInt(hex.slice(at, at + 2), 16) / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const [light = 0, dark = 0] = [luminance(a), luminance(b)].sort((x, y) => y - x)
  return (light + 0.05) / (dark + 0.05)
}

const grounds = ['page', 'surface', 'sunken']
const signals = ['success', 'warning', 'danger', 'info', 'accent']
/** Words need 4.5, borders of fields and bars 3. */
const pairs: [least: number, front: string, ground: string][] = [
  ...grounds.flatMap((ground) => ['ink', 'muted', ...signals].map((front): [number, string, string] => [4.5, front, ground])),
  ...signals.map((signal): [number, string, string] => [4.5, signal, `${signal}-soft`]),
  ...signals.map((signal): [number, string, string] => [4.5, 'ink', `${signal}-soft`]),
  [4.5, 'on-accent', 'accent'],
  ...['page', 'surface'].map((ground): [number, string, string] => [3, 'field-line', ground]),
]

describe.each([
  ['light', ':root'],
  ['dark', ":root[data-theme='dark']"],
])('%s', (_name, selector) => {
  const own = colours(selector)

  test.each(pairs)('%d: %s on %s', (least, front, ground) => {
    expect(contrast(own[front] ?? '', own[ground] ?? '')).toBeGreaterThanOrEqual(least)
  })
})

test('both themes have the same colours', () => {
  expect(Object.keys(colours(':root')).length).toBeGreaterThan(15)
  expect(Object.keys(colours(":root[data-theme='dark']"))).toEqual(Object.keys(colours(':root')))
})
