/** A reading that cannot be, with the reason. */
export type Impossible = { reason: string }

export const isImpossible = (value: object): value is Impossible => 'reason' in value
