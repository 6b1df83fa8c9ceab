import { lifecycle as english } from './en/lifecycle.ts'
import type { Said } from './en.ts'
import { ownTexts } from './own-texts.ts'

export type LifecycleTexts = Said<typeof english>

export const useLifecycleTexts = ownTexts<LifecycleTexts>(english, () => import('./pt-br/lifecycle.ts').then(({ lifecycle }) => lifecycle))
