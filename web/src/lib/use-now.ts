import { useEffect, useState } from 'react'

/** The time, told anew every so many milliseconds, or as it was first where `every_ms` is null. */
export function useNow(every_ms: number | null): number {
  const [now, setNow] = useState(() => Date.now())
  useEffect(() => {
    if (every_ms === null) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), every_ms)
    return () => clearInterval(timer)
  }, [every_ms])
  return now
}
