import { rooms as english } from './en/rooms.ts'
import type { Said } from './en.ts'
import { ownTexts } from './own-texts.ts'

export type RoomTexts = Said<typeof english>

/** What is said in conversations only, and not at the first glance. */
export const useRoomTexts = ownTexts<RoomTexts>(english, () => import('./pt-br/rooms.ts').then(({ rooms }) => rooms))
