import { monitoring as english } from './en/monitoring.ts'
import type { Said } from './en.ts'
import { ownTexts } from './own-texts.ts'

export type MonitoringTexts = Said<typeof english>

export const useMonitoringTexts = ownTexts<MonitoringTexts>(english, () => import('./pt-br/monitoring.ts').then(({ monitoring }) => monitoring))
