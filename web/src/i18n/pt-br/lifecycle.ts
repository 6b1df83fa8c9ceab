import type { LifecycleTexts } from '../lifecycle-texts.ts'

export const lifecycle: LifecycleTexts = {
  title: 'Na vida das mensagens e execuções',
  text: 'Onde está ligado, é chamado sozinho, neste espaço, e vê o que pessoas e agentes escrevem.',
  points: {
    before_message_send: 'Antes de uma mensagem ser enviada',
    after_message_receive: 'Quando um agente respondeu',
    agent_initialization: 'Quando uma execução começa',
    workflow_execution: 'Antes e depois de uma execução',
  },
  changes: 'pode mudar mensagens',
  required: 'necessário: onde falha, nada segue',
  timeout: (time) => `no máximo ${time}`,
  figures: { calls: 'Chamado', changed: 'Mudou algo', refused: 'Recusou', failed: 'Falhou' },
  lastError: 'Sua última falha',
  agents: 'Para',
  allAgents: 'Todos os agentes',
  someAgents: 'Só estes agentes',
  noneChosen: 'Escolha ao menos um agente.',
  options: 'Opções',
  save: 'Salvar',
  saved: 'Salvo. Vale a partir da próxima mensagem e execução.',
  switchedBy: 'Definido por',
  adminsOnly: 'Administradores e donos o ligam: o que está ligado vê as mensagens de todos.',
}
