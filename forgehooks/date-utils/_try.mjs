import h from './index.ts'
const ctx = { now: Date.UTC(2024, 2, 6, 10), signal: new AbortController().signal, idempotencyKey: 'x', settings: {}, log() {} }
import fs from 'node:fs'
for (const line of fs.readFileSync(0, 'utf8').split('\n')) {
  if (!line.trim()) continue
  let [path, rest] = line.startsWith('/') ? [line.split(' ')[0], line.slice(line.indexOf(' ') + 1)] : ['/parse', JSON.stringify({ text: line })]
  if (line.startsWith('#')) {
    path = '/parse'
    rest = JSON.stringify({ text: JSON.parse(line.slice(1)) })
  }
  let out
  try {
    out = JSON.stringify(h[path](JSON.parse(rest), ctx))
  } catch (e) {
    out = (e.name === 'HookError' ? 'REFUSED ' : 'CRASH ' + e.stack) + e.message
  }
  console.log(
    line.padEnd(48),
    ' ',
    out.replace(/"(date|has_time|kind)":("[^"]*"|true|false),?/g, (m, k, v) => (k === 'kind' && !/"date"|"datetime"/.test(v) ? m : '')),
  )
}
