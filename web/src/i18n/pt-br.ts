import type { Texts } from './en.ts'
import { again } from './pt-br/again.ts'
import { agentForm, agents, runForm } from './pt-br/agents.ts'
import { accessForm, templates, versions } from './pt-br/versions.ts'
import { answerStage, conversations, roomForm } from './pt-br/conversations.ts'
import { access } from './pt-br/access.ts'
import { approvals } from './pt-br/approvals.ts'
import { providerForm, providers } from './pt-br/providers.ts'
import { run, runs } from './pt-br/runs.ts'
import { common, shell } from './pt-br/shell.ts'
import { start } from './pt-br/start.ts'
import { toolForm, tools } from './pt-br/tools.ts'
import { usage } from './pt-br/usage.ts'
import { pluralOf } from './plural.ts'

const plural = pluralOf('pt-BR')

export const ptBR: Texts = {
  common,
  shell,
  start,
  agents,
  agentForm,
  runForm,
  again,
  versions,
  templates,
  accessForm,
  runs,
  run,
  tools,
  toolForm,
  providers,
  providerForm,
  usage,
  access,
  approvals,
  conversations,
  answerStage,
  roomForm,
  runStatus: {
    pending: 'Aguardando início',
    running: 'Em execução',
    completed: 'Concluída',
    failed: 'Falhou',
    timeout: 'Tempo esgotado',
    cancelled: 'Cancelada',
  },
  stepStatus: { running: 'Em execução', waiting: 'Aguardando', completed: 'Feita', failed: 'Falhou', uncertain: 'Incerta' },
  waitingFor: {
    retry: 'Nova tentativa em breve',
    uncertain: 'Uma etapa precisa da sua decisão',
    budget: 'Aguardando orçamento',
    approval: 'Aguardando aprovação',
  },
  effect: {
    read: { name: 'Somente leitura', means: 'Não altera nada, onde quer que olhe.' },
    idempotent: { name: 'Pode repetir', means: 'Fazer duas vezes deixa o mesmo que fazer uma.' },
    keyed: { name: 'Repetições são reconhecidas', means: 'O serviço por trás recebe uma chave e faz cada coisa uma vez.' },
    once: { name: 'Uma única vez', means: 'Nunca se repete sozinha. Se for interrompida, você decide.' },
  },
  connection: {
    away: 'O servidor não responde. Tentando de novo…',
    back: 'O servidor voltou.',
  },
  counts: {
    steps: (count, shown) => `${shown} ${plural(count, { one: 'etapa', other: 'etapas' })}`,
    tokens: (count, shown) => `${shown} ${plural(count, { one: 'token', other: 'tokens' })}`,
    tools: (count, shown) => `${shown} ${plural(count, { one: 'ferramenta', other: 'ferramentas' })}`,
    modelCalls: (count, shown) => `${shown} ${plural(count, { one: 'chamada ao modelo', other: 'chamadas ao modelo' })}`,
  },
  error: {
    UNAVAILABLE: { what: 'Não foi possível alcançar o servidor.', todo: 'Talvez ele esteja reiniciando. Esta página continua quando ele voltar.' },
    UNAUTHORIZED: { what: 'Você não entrou na sua conta.', todo: 'Entre e tente de novo.' },
    FORBIDDEN: { what: 'Você não pode fazer isto.', todo: 'Peça a permissão a quem administra este servidor.' },
    NOT_FOUND: { what: 'Isto não está aqui.', todo: 'Pode ter sido excluído, ou o endereço está errado.' },
    INVALID: { what: 'Algo que você digitou não foi aceito.', todo: 'Os campos dizem o quê.' },
    CONFLICT: { what: 'Outra coisa está no caminho.', todo: 'Recarregue a página para ver como está agora.' },
    TOO_MANY_REQUESTS: { what: 'Foram pedidos demais.', todo: 'Espere um momento e tente de novo.' },
    INTERNAL: { what: 'Algo deu errado dentro do Cadre.', todo: 'Tente de novo. Se continuar, o log do servidor diz mais sob o número abaixo.' },
    request: (id) => `Requisição ${id}`,
  },
}
