/** What Cadre itself says in a conversation, in one language. */
export type Texts = { failed: string; timeout: string; budget: string; roomBudget: string }
