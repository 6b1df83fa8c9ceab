import type { DataLabel } from '@cadre/contract/manifest'
import type { Tables } from '../storage/tables.ts'

export type ApprovalRow = Tables['approvals']
export type RuleRow = Tables['approval_rules']
export type LabelRow = Tables['run_labels'] & { label: DataLabel }

export const undecided = { scope: null, pattern: null, edited_input: null, note: null, decided_by: null, decided_at: null }
/** What a decision writes. */
export type Decided = Pick<ApprovalRow, 'status' | keyof typeof undecided>
