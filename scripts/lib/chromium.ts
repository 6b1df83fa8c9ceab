import { spawnSync } from 'node:child_process'
import { existsSync } from 'node:fs'

const usual = ['/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** The browser of the browser tests: CHROMIUM_PATH, or where systems put it. */
export function findChromium(): string | undefined {
  const given = process.env['CHROMIUM_PATH']
  return [...(given ? [given] : []), ...usual].find((path) => existsSync(path))
}

/** Debian's package, where there is no browser yet and we may install one. Who cannot have it is told when the tests are skipped. */
export function installChromium(): void {
  if (findChromium() || process.platform !== 'linux' || process.getuid?.() !== 0 || !existsSync('/usr/bin/apt-get')) return
  console.log('Installing Chromium for the browser tests (apt-get install chromium; once, about a minute) ...')
  const apt = (...words: string[]) =>
    spawnSync('apt-get', words, { encoding: 'utf8', env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' }, timeout: 600_000 })
  const updated = apt('update', '-q')
  const installed = apt('install', '-y', '-q', '--no-install-recommends', 'chromium')
  if (findChromium()) return
  const said = [updated, installed].flatMap(({ stderr, error }) => [stderr, error?.message]).filter(Boolean)
  console.log(`Chromium could not be installed:\n${said.join('\n').trim()}`)
}
