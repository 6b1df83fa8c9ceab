import type { Texts } from './texts.ts'

export const ptBr: Texts = {
  failed: 'Desculpe, não consegui responder: algo deu errado do meu lado. Você pode pedir que eu tente de novo.',
  timeout: 'Desculpe, isso levou mais tempo do que me é permitido. Você pode pedir que eu tente de novo, talvez com uma pergunta menor.',
  budget: 'Desculpe, não consegui responder: o valor reservado para respostas acabou por enquanto.',
  roomBudget: 'O valor reservado para respostas nesta conversa acabou. Os agentes não respondem mais aqui até que ele seja aumentado ou recomece.',
}
