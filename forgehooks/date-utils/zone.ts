import { FixedOffsetZone, IANAZone, type Zone } from 'luxon'
import { HookError } from '@cadre/contract/forgehook'
import { isImpossible, type Impossible } from './impossible.ts'
import { fold } from './names.ts'

// In hours. The American ones mean what RFC 5322 says; the others mean one thing wherever they are used.
const ABBREVIATIONS = new Map(
  Object.entries({
    ...{ Z: 0, UTC: 0, UCT: 0, ZULU: 0, GMT: 0, UT: 0, WET: 0, WEST: 1, CET: 1, CEST: 2, MEZ: 1, MESZ: 2, EET: 2, EEST: 3, MSK: 3, SAST: 2, WIB: 7 },
    ...{ JST: 9, KST: 9, HKT: 8, SGT: 8, NPT: 5.75, BRT: -3, BRST: -2, ART: -3, UYT: -3, CLT: -4, CLST: -3, AKST: -9, AKDT: -8, HST: -10 },
    ...{ EST: -5, EDT: -4, CST: -6, CDT: -5, MST: -7, MDT: -6, PST: -8, PDT: -7, NST: -3.5, NDT: -2.5 },
    ...{ AEST: 10, AEDT: 11, ACST: 9.5, ACDT: 10.5, AWST: 8, NZST: 12, NZDT: 13, CHST: 10, PKT: 5, ICT: 7 },
  }),
)

const TWO_MEANINGS = new Map(
  Object.entries({
    IST: 'India (+05:30), Israel (+02:00) or Ireland (+01:00)',
    BST: 'British Summer Time (+01:00) or Bangladesh (+06:00)',
    AST: 'Atlantic (-04:00) or Arabia (+03:00)',
    ADT: 'Atlantic (-03:00) or Arabia (+04:00)',
    GST: 'the Gulf (+04:00) or South Georgia (-02:00)',
    SST: 'Samoa (-11:00) or Singapore (+08:00)',
    AMT: 'Amazonas (-04:00) or Armenia (+04:00)',
    ECT: 'Ecuador (-05:00) or the Eastern Caribbean (-04:00)',
    WST: 'Western Australia (+08:00) or Samoa (+13:00)',
    CT: 'Chicago or China',
    PT: 'Los Angeles or Portugal',
    MT: 'Denver or Malta',
  }),
)

// The clock of a region, with its changes.
const REGIONS = new Map(
  Object.entries({
    et: 'America/New_York',
    'eastern time': 'America/New_York',
    'central time': 'America/Chicago',
    'mountain time': 'America/Denver',
    'pacific time': 'America/Los_Angeles',
    'uk time': 'Europe/London',
    'etc/utc': 'UTC',
    'etc/gmt': 'UTC',
    'etc/uct': 'UTC',
    'etc/zulu': 'UTC',
  }),
)

/** The zone of a parameter: an IANA name, the name of its city, UTC, or an offset such as +02:00. */
export function needZone(name: string | undefined, field: string): Zone {
  const written = (name ?? 'UTC').trim()
  const zone = readZone(written, true)
  if (zone && !isImpossible(zone)) return zone
  const known = zone ? `; ${zone.reason}` : ''
  throw new HookError(
    `unknown time zone "${written.slice(0, 60)}"${known}; use an IANA name such as America/Sao_Paulo, UTC, or an offset such as -03:00`,
    field,
  )
}

/** Undefined when the text names no zone. `anyName`: the text is meant as a zone, so "Japan" and "Tokyo" are read too. */
export function readZone(written: string, anyName = false): Zone | Impossible | undefined {
  const text = written
    .replace(/[\u2212\u2012-\u2015]/g, '-')
    .replace(/^\[(.*)\]$/, '$1')
    .trim()
  const offset = /^(?:UTC|GMT)? ?([-+])(\d{1,2})(?::?(\d{2})(?::(\d{2}))?)?$/i.exec(text)
  if (offset) return fixed(offset[1] as string, Number(offset[2]), Number(offset[3] ?? 0), Number(offset[4] ?? 0))
  const known = (/^(?:[a-z]\.)+$/i.test(text) ? text.replace(/\./g, '') : text).toUpperCase()
  const hours = ABBREVIATIONS.get(known)
  if (hours !== undefined) return FixedOffsetZone.instance(hours * 60)
  const meanings = TWO_MEANINGS.get(known)
  if (meanings) return { reason: `${known} can be ${meanings}; write the offset or an IANA name` }
  const region = REGIONS.get(text.toLowerCase())
  if (region) return region === 'UTC' ? FixedOffsetZone.utcInstance : IANAZone.create(region)
  // Names like "Japan" or "MET" are zones too, but in the middle of a date only Area/City is taken for one.
  if ((anyName || text.includes('/')) && /^[A-Za-z_+\-0-9/]{2,60}$/.test(text) && isKnown(text)) return IANAZone.create(text)
  const city = anyName ? text : /^([\p{L} ]{3,40}) time$/iu.exec(text)?.[1]
  return city === undefined ? undefined : cityZone(city)
}

// Asking the runtime takes a quarter of a millisecond, and a table asks for the same few names in every row.
const asked = new Map<string, boolean>()

function isKnown(name: string): boolean {
  const before = asked.get(name)
  if (before !== undefined) return before
  if (asked.size > 1000) asked.clear()
  const known = IANAZone.isValidZone(name)
  asked.set(name, known)
  return known
}

function fixed(sign: string, hours: number, minutes: number, seconds: number): Zone | Impossible {
  const size = hours * 60 + minutes + seconds / 60
  // Manila before 1845 was at -15:56:08; today's offsets run from -12:00 to +14:00.
  if (minutes > 59 || seconds > 59 || size > (sign === '+' ? 14 : seconds > 0 ? 16 : 12) * 60) return { reason: 'there is no such offset from UTC' }
  return FixedOffsetZone.instance(sign === '+' || size === 0 ? size : -size)
}

let cities: Map<string, string> | undefined

/** `New York` and `são paulo` are the only zones that end so. */
function cityZone(name: string): Zone | undefined {
  cities ??= new Map(Intl.supportedValuesOf('timeZone').map((zone) => [fold(zone.slice(zone.lastIndexOf('/') + 1)).replace(/_/g, ' '), zone]))
  const zone = cities.get(fold(name).replace(/_/g, ' '))
  return zone === undefined ? undefined : IANAZone.create(zone)
}
