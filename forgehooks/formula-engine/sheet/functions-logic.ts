import { num, ZERO } from '../../lib/expression-number.ts'
import { isNumber } from '../../lib/expression-value.ts'
import { broadcast } from './broadcast.ts'
import { each, lazy, named, refused, values, type Argument, type Context, type SheetFunctions } from './function.ts'
import type { Formula } from './parser.ts'
import { attempt, compare, Grid, SheetError, single, toBoolean, toNumber, type Scalar, type Value } from './value.ts'

const isMissing = (node: Formula | undefined) => node === undefined
const branch = (node: Formula | undefined, otherwise: Value, context: Context): Value =>
  node === undefined ? otherwise : node.type === 'omitted' ? ZERO : context.evaluate(node)

/** IF over single values works out one branch only; over a range, both, cell by cell. */
function choose(test: Value, yes: () => Value, no: () => Value): Value {
  if (!(test instanceof Grid) || (test.height === 1 && test.width === 1)) return toBoolean(test) ? yes() : no()
  const [a, b] = [attempt(yes), attempt(no)]
  return broadcast(
    [test, a, b],
    ([holds, one, other]) => {
      if (holds instanceof SheetError) throw holds
      const chosen = toBoolean(holds) ? one : other
      if (chosen instanceof SheetError) throw chosen
      return chosen ?? null
    },
    true,
  )
}

/** TRUE and FALSE among the arguments: cells with text are left out, text written in the formula must be TRUE or FALSE. */
function truths(args: Argument[]): boolean[] {
  const found = args.flatMap((arg) => {
    if (!(arg instanceof Grid)) return arg === undefined ? [] : [toBoolean(arg)]
    return arg.rows.flat().flatMap((item) => {
      if (item instanceof SheetError) throw item
      return typeof item === 'boolean' ? [item] : isNumber(item) ? [!item.isZero()] : []
    })
  })
  if (found.length === 0) throw new SheetError('#VALUE!', 'there is nothing that is true or false')
  return found
}

function guarded(value: Value, otherwise: () => Value, catches: (error: SheetError) => boolean): Value {
  if (value instanceof SheetError) {
    if (catches(value)) return otherwise()
    throw value
  }
  if (!(value instanceof Grid)) return value
  if (!value.rows.some((row) => row.some((item) => item instanceof SheetError && catches(item)))) return value
  const other = otherwise()
  return broadcast([value, other], ([item, instead]) => (item instanceof SheetError && catches(item) ? (instead ?? null) : (item ?? null)), true)
}

const caught = (catches: (error: SheetError) => boolean) =>
  lazy(2, 2, ([value, otherwise], context) => {
    const found = guarded(context.attempt(value as Formula), () => branch(otherwise, ZERO, context), catches)
    return found ?? ZERO
  })

const test = (holds: (value: Scalar) => boolean) => each(1, 1, ([value]) => holds(value ?? null), true)
const ERRORS = ['#NULL!', '#DIV/0!', '#VALUE!', '#REF!', '#NAME?', '#NUM!', '#N/A']

export const logicFunctions: SheetFunctions = {
  IF: lazy(1, 3, ([condition, yes, no], context) =>
    choose(
      context.evaluate(condition as Formula),
      () => branch(yes, true, context),
      () => (isMissing(no) ? false : branch(no, false, context)),
    ),
  ),
  IFS: lazy(2, 254, (args, context) => {
    if (args.length % 2 !== 0) throw new SheetError('#N/A', 'IFS takes pairs of a condition and a value')
    const from = (at: number): Value => {
      if (at >= args.length) throw new SheetError('#N/A', 'no condition of IFS holds')
      return choose(
        context.evaluate(args[at] as Formula),
        () => branch(args[at + 1], ZERO, context),
        () => from(at + 2),
      )
    }
    return from(0)
  }),
  SWITCH: lazy(3, 254, (args, context) => {
    const subject = single(context.evaluate(args[0] as Formula))
    const isEven = args.length % 2 === 0
    for (let at = 1; at + 1 < args.length; at += 2)
      if (compare(subject, single(context.evaluate(args[at] as Formula))) === 0) return branch(args[at + 1], ZERO, context)
    if (isEven) return branch(args.at(-1), ZERO, context)
    throw new SheetError('#N/A', 'no value of SWITCH fits')
  }),
  CHOOSE: lazy(2, 255, ([index, ...list], context) => {
    const at = toNumber(context.evaluate(index as Formula))
      .trunc()
      .toNumber()
    if (at < 1 || at > list.length) throw new SheetError('#VALUE!', `CHOOSE: there is no value number ${at}`)
    return branch(list[at - 1], ZERO, context)
  }),
  IFERROR: caught(() => true),
  IFNA: caught((error) => error.code === '#N/A'),
  AND: values(1, 255, (args) => truths(args).every(Boolean)),
  OR: values(1, 255, (args) => truths(args).some(Boolean)),
  XOR: values(1, 255, (args) => truths(args).filter(Boolean).length % 2 === 1),
  NOT: each(1, 1, ([value]) => !toBoolean(value)),
  TRUE: each(0, 0, () => true),
  FALSE: each(0, 0, () => false),
  NA: each(0, 0, () => {
    throw new SheetError('#N/A')
  }),
  ISBLANK: test((value) => value === null),
  ISNUMBER: test((value) => isNumber(value)),
  ISTEXT: test((value) => typeof value === 'string'),
  ISNONTEXT: test((value) => typeof value !== 'string'),
  ISLOGICAL: test((value) => typeof value === 'boolean'),
  ISERROR: test((value) => value instanceof SheetError),
  ISERR: test((value) => value instanceof SheetError && value.code !== '#N/A'),
  ISNA: test((value) => value instanceof SheetError && value.code === '#N/A'),
  ISEVEN: each(1, 1, ([value]) => toNumber(value).trunc().mod(2).isZero()),
  ISODD: each(1, 1, ([value]) => !toNumber(value).trunc().mod(2).isZero()),
  N: each(1, 1, ([value]) => (isNumber(value) ? value : value === true ? num(1) : ZERO)),
  TYPE: values(1, 1, ([value]) => {
    if (value instanceof Grid && (value.height > 1 || value.width > 1)) return num(64)
    const one = value instanceof Grid ? value.at(0, 0) : value
    return num(one instanceof SheetError ? 16 : typeof one === 'string' ? 2 : typeof one === 'boolean' ? 4 : 1)
  }),
  'ERROR.TYPE': each(
    1,
    1,
    ([value]) => {
      if (!(value instanceof SheetError)) throw new SheetError('#N/A', 'the value is no error')
      return num(ERRORS.indexOf(value.code) + 1)
    },
    true,
  ),
  ...named('WEBSERVICE HYPERLINK IMPORTDATA IMPORTHTML IMPORTXML RTD', refused('a formula cannot reach the network')),
  ...named('LET LAMBDA MAP REDUCE SCAN BYROW BYCOL MAKEARRAY', refused('nothing can be assigned or defined in a formula')),
  ...named(
    'OFFSET INDIRECT',
    refused('references are known from the formula alone; OFFSET and INDIRECT are not available: use INDEX, which can do the same within a range'),
  ),
  ...named('CELL INFO', refused('nothing is known here about the program and its files')),
}
