import { trace as english } from './en/trace.ts'
import type { Said } from './en.ts'
import { ownTexts } from './own-texts.ts'

export type TraceTexts = Said<typeof english>

export const useTraceTexts = ownTexts<TraceTexts>(english, () => import('./pt-br/trace.ts').then(({ trace }) => trace))
