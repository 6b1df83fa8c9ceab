import { useMemo } from 'react'
import { useFormat } from '../../i18n/texts.ts'

/** When its points begin, in milliseconds, and how long each is. */
export type Scale = { at: number[]; step_ms: number }

export const scaleOf = ({ at, step_ms }: { at: string[]; step_ms: number }): Scale => ({ at: at.map((each) => Date.parse(each)), step_ms })

const dayMs = 86_400_000

/** What the points and the ticks of a scale are called. Points of a day are UTC days. */
export function useTimeNames({ at, step_ms }: Scale) {
  const format = useFormat()
  return useMemo(() => {
    const isDays = step_ms % dayMs === 0
    const iso = (ms: number) => new Date(ms).toISOString()
    return {
      ofPoint: (place: number) => {
        const begin = iso(at[place] ?? 0)
        return isDays ? format.day(begin.slice(0, 10)) : format.dateTime(begin)
      },
      ofTick: (ms: number, isLong: boolean) => {
        if (isDays) return format.dayOfMonth(iso(ms).slice(0, 10))
        return isLong ? format.shortDay(iso(ms)) : format.hourMinute(iso(ms))
      },
    }
  }, [at, step_ms, format])
}
