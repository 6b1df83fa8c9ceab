import { HookError } from '@cadre/contract/forgehook'
import type { Decimal } from 'decimal.js'
import { add, divide, ExpressionError, multiply, num, type Precision } from '../lib/expression-number.ts'

export type Unit = {
  name: string
  kind: string
  /** How many base units it is, as an exact fraction: a mile per hour is 1397/3125 metres per second. */
  over: string
  under: string
  /** Added before scaling: degrees Fahrenheit count from 459.67 below. */
  offset: string
}

// name|other names = factor (or fraction) of the first unit of its kind. Names are told apart by case only where they must be: MB is a megabyte, Mb a megabit.
const TABLE: Record<string, string[]> = {
  length: [
    'm|meter|metre|metro = 1',
    'km|kilometer|kilometre|quilometro|quilômetro = 1000',
    'dm|decimeter|decimetre = 0.1',
    'cm|centimeter|centimetre|centimetro|centímetro = 0.01',
    'mm|millimeter|millimetre = 0.001',
    'um|µm|micrometer|micron = 0.000001',
    'nm|nanometer|nanometre = 0.000000001',
    'mile|mi|milha = 1609.344',
    'yard|yd = 0.9144',
    'foot|ft|feet|pé = 0.3048',
    'inch|in|inches|polegada = 0.0254',
    'nautical mile|nmi = 1852',
    'light year|ly = 9460730472580800',
    'au|astronomical unit = 149597870700',
  ],
  mass: [
    'kg|kilogram|kilo|quilo = 1',
    'g|gram|grama = 0.001',
    'mg|milligram = 0.000001',
    'ug|µg|microgram = 0.000000001',
    't|tonne|metric ton|tonelada = 1000',
    'pound|lb|lbs|libra = 0.45359237',
    'ounce|oz|onça = 0.028349523125',
    'stone|st = 6.35029318',
    'short ton|us ton = 907.18474',
    'long ton|imperial ton = 1016.0469088',
    'carat|ct = 0.0002',
  ],
  time: [
    's|second|sec|segundo = 1',
    'ms|millisecond = 0.001',
    'us|µs|microsecond = 0.000001',
    'ns|nanosecond = 0.000000001',
    'min|minute|minuto = 60',
    'h|hour|hr|hora = 3600',
    'day|d|dia = 86400',
    'week|wk|semana = 604800',
    'fortnight = 1209600',
  ],
  area: [
    'm2|m²|square meter|square metre|sqm = 1',
    'km2|km²|square kilometer|square kilometre = 1000000',
    'cm2|cm²|square centimeter|square centimetre = 0.0001',
    'mm2|mm² = 0.000001',
    'hectare|ha = 10000',
    'acre|ac = 4046.8564224',
    'ft2|ft²|square foot|square feet|sqft|sq ft = 0.09290304',
    'in2|in²|square inch|square inches = 0.00064516',
    'yd2|yd²|square yard = 0.83612736',
    'mi2|mi²|square mile = 2589988.110336',
  ],
  volume: [
    'l|L|liter|litre|litro = 1',
    'ml|mL|milliliter|millilitre = 0.001',
    'cl|centiliter|centilitre = 0.01',
    'dl|deciliter|decilitre = 0.1',
    'm3|m³|cubic meter|cubic metre = 1000',
    'cm3|cm³|cc|cubic centimeter = 0.001',
    'gallon|gal|us gallon = 3.785411784',
    'imperial gallon|uk gallon = 4.54609',
    'quart|qt = 0.946352946',
    'pint|pt = 0.473176473',
    'imperial pint|uk pint = 0.56826125',
    'cup = 0.2365882365',
    'fluid ounce|fl oz|floz = 0.0295735295625',
    'tablespoon|tbsp = 0.01478676478125',
    'teaspoon|tsp = 0.00492892159375',
    'ft3|ft³|cubic foot|cubic feet = 28.316846592',
    'in3|in³|cubic inch|cubic inches = 0.016387064',
    'barrel|bbl = 158.987294928',
  ],
  speed: [
    'm/s|meters per second|metres per second|mps = 1',
    'km/h|kph|kmh|kilometers per hour|kilometres per hour = 5/18',
    'mph|mi/h|miles per hour = 0.44704',
    'knot|kn|kt = 463/900',
    'ft/s|feet per second|fps = 0.3048',
  ],
  temperature: [
    'K|kelvin = 1',
    'C|°C|celsius|centigrade|degree celsius|degrees celsius|degC = 1 + 273.15',
    'F|°F|fahrenheit|degree fahrenheit|degrees fahrenheit|degF = 5/9 + 459.67',
    'rankine|°R = 5/9',
  ],
  data: [
    'byte|B = 1',
    'bit|b = 0.125',
    'kB|KB|kilobyte = 1000',
    'MB|megabyte = 1000000',
    'GB|gigabyte = 1000000000',
    'TB|terabyte = 1000000000000',
    'PB|petabyte = 1000000000000000',
    'KiB|kibibyte = 1024',
    'MiB|mebibyte = 1048576',
    'GiB|gibibyte = 1073741824',
    'TiB|tebibyte = 1099511627776',
    'PiB|pebibyte = 1125899906842624',
    'kb|Kb|kbit|kilobit = 125',
    'Mb|Mbit|megabit = 125000',
    'Gb|Gbit|gigabit = 125000000',
    'Tb|Tbit|terabit = 125000000000',
  ],
  energy: [
    'J|joule = 1',
    'kJ|kilojoule = 1000',
    'MJ|megajoule = 1000000',
    'cal|calorie = 4.184',
    'kcal|kilocalorie|food calorie = 4184',
    'Wh|watt hour = 3600',
    'kWh|kilowatt hour = 3600000',
    'MWh|megawatt hour = 3600000000',
    'btu|BTU = 1055.05585262',
  ],
  power: [
    'W|watt = 1',
    'kW|kilowatt = 1000',
    'MW|megawatt = 1000000',
    'GW|gigawatt = 1000000000',
    'mW|milliwatt = 0.001',
    'hp|horsepower = 745.69987158227022',
    'metric horsepower|cv|ps = 735.49875',
  ],
  pressure: [
    'Pa|pascal = 1',
    'kPa|kilopascal = 1000',
    'MPa|megapascal = 1000000',
    'hPa|hectopascal = 100',
    'bar = 100000',
    'mbar|millibar = 100',
    'atm|atmosphere = 101325',
    'psi = 6894.757293168361',
    'mmHg = 133.322387415',
    'torr = 20265/152',
  ],
  frequency: ['Hz|hertz = 1', 'kHz|kilohertz = 1000', 'MHz|megahertz = 1000000', 'GHz|gigahertz = 1000000000', 'rpm = 1/60'],
  angle: [
    'deg|degree|° = 1',
    'rad|radian = 57.29577951308232087679815481410517033240547246656432',
    'gradian|grad|gon = 0.9',
    'arcminute|arcmin = 1/60',
    'arcsecond|arcsec = 1/3600',
    'turn|revolution = 360',
  ],
}

const exactNames = new Map<string, Unit>()
/** Undefined where letters of another case mean another unit. */
const looseNames = new Map<string, Unit | undefined>()
for (const [kind, lines] of Object.entries(TABLE)) {
  for (const line of lines) {
    const [names = '', value = ''] = line.split(' = ')
    const [factor = '', offset = '0'] = value.split(' + ')
    const [over = '1', under = '1'] = factor.split('/')
    const all = names.split('|')
    const unit: Unit = { name: all[0] as string, kind, over, under, offset }
    for (const name of all.flatMap((one) => (one.length > 2 && /[a-zé]$/.test(one) ? [one, `${one}s`] : [one]))) {
      exactNames.set(name, unit)
      const loose = name.toLowerCase()
      looseNames.set(loose, looseNames.has(loose) && looseNames.get(loose) !== unit ? undefined : unit)
    }
  }
}

export function findUnit(written: string): Unit | undefined {
  const name = written
    .trim()
    .replace(/\s+/g, ' ')
    .replace(/\.$/, '')
    .replace(/\^([23])$/, '$1')
  return exactNames.get(name) ?? looseNames.get(name.toLowerCase())
}

export function needUnit(written: string, field: string): Unit {
  const unit = findUnit(written)
  if (unit) return unit
  const name = written.trim().toLowerCase()
  const cases = [...exactNames.keys()].filter((known) => known.toLowerCase() === name)
  if (cases.length > 1)
    throw new HookError(
      `"${written}" could be ${cases.map((known) => `${known} (${exactNames.get(known)?.name})`).join(' or ')}: upper and lower case matter here`,
      field,
    )
  throw new HookError(
    `unknown unit "${written.slice(0, 60)}". Known kinds: ${Object.entries(TABLE)
      .map(
        ([kind, lines]) =>
          `${kind} (${lines
            .slice(0, 4)
            .map((line) => line.split(/\||\s=/)[0])
            .join(', ')}, ...)`,
      )
      .join('; ')}`,
    field,
  )
}

/** One multiplication and one division, so that what is exact stays exact. */
export function convertUnits(precision: Precision, value: Decimal, from: Unit, to: Unit, field: string): Decimal {
  if (from.kind !== to.kind) throw new HookError(`${from.name} (${from.kind}) cannot be converted to ${to.name} (${to.kind})`, field)
  if (from === to) return value
  if (from.kind === 'angle' && (from.name === 'rad' || to.name === 'rad')) precision.exact = false
  const shifted = add(precision, value, num(from.offset))
  if (from.kind === 'temperature' && shifted.isNegative()) throw new ExpressionError(`${value.toString()} ${from.name} is below absolute zero`)
  const above = multiply(precision, multiply(precision, shifted, num(from.over)), num(to.under))
  const scaled = divide(precision, above, multiply(precision, num(from.under), num(to.over)))
  return add(precision, scaled, num(to.offset).neg())
}
