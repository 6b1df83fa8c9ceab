declare module 'fast-formula-parser' {
  export type Position = { row: number; col: number; sheet: string }
  export type Range = { sheet: string; from: { row: number; col: number }; to: { row: number; col: number } }
  export type Argument = { value: unknown; isArray?: boolean; isRangeRef?: boolean; isCellRef?: boolean; omitted?: boolean }
  /** Errors such as #DIV/0! are values of this class; mistakes of syntax are thrown as the same class with details. */
  class FormulaError extends Error {
    constructor(error: string, message?: string, details?: unknown)
    get error(): string
    details?: unknown
    static DIV0: FormulaError
    static NUM: FormulaError
    static VALUE: FormulaError
    static NAME: FormulaError
    static NA: FormulaError
  }
  class DepParser {
    constructor(config?: { onVariable?: (name: string) => null })
    parse(formula: string, position: Position): (Position | Range)[]
  }
  class FormulaParser {
    constructor(config: {
      functions?: Record<string, (...args: Argument[]) => unknown>
      onCell?: (ref: Position) => unknown
      onRange?: (ref: Range) => unknown[][]
      onVariable?: (name: string) => null
    })
    parse(formula: string, position: Position, allowArray?: boolean): unknown
    supportedFunctions(): string[]
    static FormulaError: typeof FormulaError
    static DepParser: typeof DepParser
  }
  export default FormulaParser
}
