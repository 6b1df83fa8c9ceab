import { arrayFunctions } from './functions-array.ts'
import { baseFunctions } from './functions-base.ts'
import { conditionalFunctions } from './functions-conditional.ts'
import { dateFunctions } from './functions-dates.ts'
import { distributionFunctions } from './functions-distribution.ts'
import { financeFunctions } from './functions-finance.ts'
import { logicFunctions } from './functions-logic.ts'
import { lookupFunctions } from './functions-lookup.ts'
import { mathFunctions } from './functions-math.ts'
import { statisticsFunctions } from './functions-statistics.ts'
import { textFunctions } from './functions-text.ts'
import type { SheetFunction } from './function.ts'

/** A Map, so that no name reaches a prototype. */
export const functions: ReadonlyMap<string, SheetFunction> = new Map(
  [
    mathFunctions,
    baseFunctions,
    textFunctions,
    logicFunctions,
    conditionalFunctions,
    lookupFunctions,
    dateFunctions,
    financeFunctions,
    statisticsFunctions,
    arrayFunctions,
    distributionFunctions,
  ].flatMap((table) => Object.entries(table)),
)
