import type { DateTime } from 'luxon'

// All that were ever added (IERS Bulletin C); none is planned, and from 2035 on there will be none.
const JUNE = [1972, 1981, 1982, 1983, 1985, 1992, 1993, 1994, 1997, 2012, 2015]
const DECEMBER = [1972, 1973, 1974, 1975, 1976, 1977, 1978, 1979, 1987, 1989, 1990, 1995, 1998, 2005, 2008, 2016]

/** Whether a leap second followed this second. */
export function isLeapSecond(at: DateTime): boolean {
  const { year, month, day, hour, minute, second } = at.toUTC()
  if (hour !== 23 || minute !== 59 || second !== 59) return false
  return (month === 6 && day === 30 && JUNE.includes(year)) || (month === 12 && day === 31 && DECEMBER.includes(year))
}
