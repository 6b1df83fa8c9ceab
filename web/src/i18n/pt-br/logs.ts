import type { LogTexts } from '../log-texts.ts'

export const logs: LogTexts = {
  title: 'Registro do servidor',
  text: 'O que este servidor e seus trabalhadores escrevem, assim que escrevem, a partir dos últimos 500 registros.',
  level: 'A partir do nível',
  search: 'Com estas palavras',
  pause: 'Pausar',
  goOn: 'Continuar',
  clear: 'Limpar',
  waiting: (count) => `Em pausa; ${count} esperam.`,
  connection: { connecting: 'conectando', live: 'ao vivo', away: 'sem resposta, tentando de novo' },
  empty: 'Nada foi escrito ainda',
  emptyText: 'Os registros deste nível aparecem aqui assim que chegam. O servidor não escreve nada abaixo do nível em que foi configurado.',
  lost: (count) => `${count} registros vieram rápido demais para serem mostrados.`,
}
