import { HookError } from '@cadre/contract/forgehook'
import { ExpressionError } from './expression-number.ts'

/** Runs `work` and lays the complaints of the language at the door of the field that caused them. */
export function onField<T>(field: string, work: () => T): T {
  try {
    return work()
  } catch (error) {
    if (error instanceof ExpressionError) throw new HookError(error.message, field)
    throw error
  }
}
