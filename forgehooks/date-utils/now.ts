import type { HookContext } from '@cadre/contract/forgehook'
import { DateTime } from 'luxon'
import { isoDay, pad, weekdayName } from './calendar.ts'
import { isoOf, offsetText } from './wall.ts'
import { needZone } from './zone.ts'

export type NowInput = { time_zone?: string }

export function now(input: NowInput, context: HookContext) {
  const at = DateTime.fromMillis(context.now, { zone: needZone(input.time_zone, 'time_zone') })
  return {
    iso: isoOf(at),
    date: isoDay(at),
    time: `${pad(at.hour)}:${pad(at.minute)}:${pad(at.second)}`,
    weekday: weekdayName(at),
    week: `${pad(at.weekYear, 4)}-W${pad(at.weekNumber)}`,
    unix: Math.floor(context.now / 1000),
    time_zone: at.zoneName as string,
    offset: offsetText(at.offset),
  }
}
