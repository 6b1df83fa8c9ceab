import type { Texts } from './texts.ts'

export const en: Texts = {
  failed: 'Sorry, I could not answer: something went wrong on my side. You can ask me to try again.',
  timeout: 'Sorry, this took longer than I am allowed to take. You can ask me to try again, perhaps with a smaller question.',
  budget: 'Sorry, I could not answer: what may be spent on answers is used up for now.',
  roomBudget: 'What may be spent on answers in this conversation is used up. Agents say nothing more here until its budget is raised or begins anew.',
}
