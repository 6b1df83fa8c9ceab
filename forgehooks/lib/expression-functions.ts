import { columnFunctions } from './expression-columns.ts'
import { conditionalFunctions } from './expression-conditional.ts'
import { dateFunctions } from './expression-dates.ts'
import { financeFunctions } from './expression-finance-functions.ts'
import type { ExpressionFunction } from './expression-function.ts'
import { logicFunctions } from './expression-logic.ts'
import { mathFunctions } from './expression-math.ts'
import { statisticsFunctions } from './expression-statistics-functions.ts'
import { textFunctions } from './expression-text.ts'

/** A Map, so that no name reaches a prototype. */
export const functions: ReadonlyMap<string, ExpressionFunction> = new Map(
  [mathFunctions, columnFunctions, conditionalFunctions, logicFunctions, textFunctions, dateFunctions, financeFunctions, statisticsFunctions].flatMap(
    (table) => Object.entries(table),
  ),
)
