import type { FailureTexts } from '../failure-texts.ts'

export const failures: FailureTexts = {
  away: 'O servidor de entrada da sua organização não responde como deve. Tente de novo, ou avise quem cuida do Cadre.',
  expired: 'Esta entrada não foi começada neste navegador, ou faz tempo demais. Comece de novo.',
  refused: 'O servidor de entrada da sua organização não deixou você entrar. Tente de novo, ou pergunte a quem cuida dele.',
  unknown: 'Ninguém pode entrar aqui com a conta que você usou. Peça a um administrador que adicione você.',
  forbidden: 'Essa conta não está em nenhum espaço, ou seu endereço é de alguém que entra com senha. Fale com um administrador.',
  error: 'A entrada não funcionou. Tente de novo, ou avise quem cuida do Cadre.',
}
