import { failures as english } from './en/login-failures.ts'
import type { Said } from './en.ts'
import { ownTexts } from './own-texts.ts'

export type FailureTexts = Said<typeof english>

export const useFailureTexts = ownTexts<FailureTexts>(english, () => import('./pt-br/login-failures.ts').then(({ failures }) => failures))
