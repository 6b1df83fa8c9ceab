import { logs as english } from './en/logs.ts'
import type { Said } from './en.ts'
import { ownTexts } from './own-texts.ts'

export type LogTexts = Said<typeof english>

export const useLogTexts = ownTexts<LogTexts>(english, () => import('./pt-br/logs.ts').then(({ logs }) => logs))
