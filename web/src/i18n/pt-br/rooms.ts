import { pluralOf } from '../plural.ts'
import type { RoomTexts } from '../room-texts.ts'

const plural = pluralOf('pt-BR')

export const rooms: RoomTexts = {
  goOnHere: 'Continuar desta versão',
  budget: 'Quanto os agentes podem gastar aqui',
  units: { none: 'Sem orçamento próprio', tokens: 'Tokens', usd: 'Dólares americanos' },
  limit: 'No máximo',
  limitWrong: 'Um número a partir de 0; de tokens, inteiro.',
  period: 'Contado',
  periods: { day: 'por dia (UTC)', total: 'no total, sem recomeçar' },
  spent: (spent: string, of: string) => `${spent} de ${of} gastos.`,
  reserved: (held: string) => `${held} estão reservados para respostas em andamento.`,
  resets: (when: string) => `Recomeça ${when}.`,
  import: 'Importar conversas',
  importText: 'O histórico de outro programa: cada conversa vira um grupo só com você. O que já foi importado é pulado.',
  from: 'De onde',
  sources: { chatgpt: 'ChatGPT', 'open-webui': 'Open WebUI', librechat: 'LibreChat' },
  file: 'Arquivo',
  fileHints: {
    chatgpt: 'conversations.json do arquivo compactado que o ChatGPT envia. Descompacte-o antes.',
    'open-webui': 'O arquivo de Configurações > Chats > Exportar chats.',
    librechat: 'O arquivo JSON para o qual uma conversa é exportada.',
  },
  fileNeeded: 'Escolha um arquivo.',
  notJson: 'Este arquivo não é JSON.',
  isArchive: 'Este é um arquivo compactado: descompacte-o e escolha o conversations.json.',
  begin: 'Importar',
  importing: 'Importando',
  stopImport: 'Parar',
  imported: (count: number, shown: string) => `${shown} ${plural(count, { one: 'conversa importada', other: 'conversas importadas' })}.`,
  skipped: (count: number, shown: string) => `${shown} ${plural(count, { one: 'já estava aqui', other: 'já estavam aqui' })}.`,
  problems: 'O que não pôde ser trazido',
}
