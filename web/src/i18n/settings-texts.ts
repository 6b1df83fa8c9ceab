import { settings as english } from './en/settings.ts'
import type { Said } from './en.ts'
import { ownTexts } from './own-texts.ts'

export type SettingsTexts = Said<typeof english>

/** What the settings say: as much as all other pages together. */
export const useSettingsTexts = ownTexts<SettingsTexts>(english, () => import('./pt-br/settings.ts').then(({ settings }) => settings))
