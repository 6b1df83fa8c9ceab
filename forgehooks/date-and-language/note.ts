import { HookError, type LifecycleInputs } from '@cadre/contract/forgehook'
import { detect } from './detect.ts'

type Reader = { time_zone?: string; language?: string }
/** `language`: a tag, `detect` (the default: as the reader writes), or `none`. `readers`: what is known of single users, by their ids. */
export type Options = Reader & { readers?: Record<string, Reader> }
type Input = LifecycleInputs['agent_initialization'] & { options: Options }

/** What an agent is told of when and for whom it works. @param now in milliseconds. */
export async function note({ options, run, input, server }: Input, now: number): Promise<string> {
  const reader = readerOf(options, run.user_id)
  const lines = [`${reader.time_zone ? 'Where the reader is, it' : 'It'} is ${moment(now, reader.time_zone ?? server.time_zone)}.`]
  const wanted = reader.language ?? 'detect'
  if (wanted === 'none') return lines.join('\n')
  const tag = wanted === 'detect' ? await detect(input) : wanted
  if (tag !== undefined) lines.push(`The reader's language is ${nameOf(tag)}. Answer in it, unless you are asked for another one.`)
  return lines.join('\n')
}

function readerOf({ readers = {}, ...all }: Options, userId: string | null): Reader {
  return { ...all, ...(userId !== null && Object.hasOwn(readers, userId) ? readers[userId] : {}) }
}

function moment(now: number, timeZone: string): string {
  const parts = new Map(
    formatFor(timeZone)
      .formatToParts(now)
      .map(({ type, value }) => [type, value]),
  )
  const get = (type: Intl.DateTimeFormatPartTypes) => parts.get(type) ?? ''
  const offset = get('timeZoneName').replace('GMT', 'UTC')
  const zone = /^UTC(?:[+-]00:00)?$/.test(offset) && /^(?:Etc\/)?(?:UTC|GMT|UCT|Zulu|Universal)$/i.test(timeZone) ? 'UTC' : `${timeZone}, ${offset}`
  return `${get('weekday')}, ${get('day')} ${get('month')} ${get('year')}, ${get('hour')}:${get('minute')} (${zone})`
}

function formatFor(timeZone: string) {
  try {
    return new Intl.DateTimeFormat('en-GB', {
      timeZone,
      weekday: 'long',
      day: 'numeric',
      month: 'long',
      year: 'numeric',
      hour: '2-digit',
      minute: '2-digit',
      hourCycle: 'h23',
      timeZoneName: 'longOffset',
    })
  } catch {
    throw new HookError(`'${timeZone}' is no time zone; give one such as America/Sao_Paulo or UTC`, 'time_zone')
  }
}

/** `Portuguese (pt)`. */
function nameOf(tag: string): string {
  try {
    const name = new Intl.DisplayNames('en', { type: 'language', fallback: 'none' }).of(tag)
    if (name !== undefined) return `${name} (${tag})`
  } catch {
    // Said below, as for a well-formed tag that means nothing.
  }
  throw new HookError(`'${tag}' is no language; give a tag such as en or pt-BR, 'detect' or 'none'`, 'language')
}
