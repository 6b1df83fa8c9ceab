import { expect, test } from 'vitest'
import { placeAfterLogin } from './login.ts'

const origin = 'https://cadre.example.org'

test.each<[to: unknown, place: string]>([
  ['/runs?status=failed#row', '/runs?status=failed#row'],
  [undefined, '/'],
  [7, '/'],
  ['', '/'],
  ['//evil.example/runs', '/'],
  ['/\\evil.example', '/'],
  ['https://evil.example/runs', '/'],
  ['javascript:alert(1)', '/'],
  ['/login?to=/login', '/'],
  ['/setup', '/'],
])('from %j a login leads to %s', (to, place) => {
  expect(placeAfterLogin(to, origin)).toBe(place)
})
