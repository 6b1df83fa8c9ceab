import { transfer as english } from './en/transfer.ts'
import type { Said } from './en.ts'
import { ownTexts } from './own-texts.ts'

export type TransferTexts = Said<typeof english>

export const useTransferTexts = ownTexts<TransferTexts>(english, () => import('./pt-br/transfer.ts').then(({ transfer }) => transfer))
