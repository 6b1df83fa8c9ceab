import type { accessForm as accessTexts, templates as templateTexts, versions as texts } from '../en/versions.ts'

export const versions: typeof texts = {
  title: 'Versões',
  open: 'Versões',
  text: 'Cada mudança fica guardada. Uma versão trazida de volta vira uma nova, então nada se perde.',
  version: (n) => `Versão ${n}`,
  current: 'atual',
  made: 'Criado',
  changed: (fields) => `Mudou: ${fields}`,
  broughtBack: (n) => `Trouxe de volta a versão ${n}`,
  compareWith: 'Ao lado de',
  noDifference: 'As duas são iguais.',
  rollBack: 'Trazer esta versão de volta',
  rollBackTitle: (n) => `Trazer a versão ${n} de volta?`,
  rollBackText: 'O agente volta a ser o que era. O que ele é agora continua na lista de versões.',
  rolledBack: (n) => `A versão ${n} está de volta.`,
  more: 'Versões mais antigas',
  fields: {
    name: 'Nome',
    description: 'Descrição',
    provider: 'Provedor',
    model: 'Modelo',
    system_prompt: 'Instruções',
    role: 'Papel',
    backstory: 'História',
    goal: 'Objetivo',
    prompt_template: 'Molde do prompt',
    tools: 'Ferramentas',
    output_schema: 'Formato das respostas',
    is_public: 'Público',
    api_key_required: 'Precisa de chave de API',
    allowed_api_keys: 'Chaves de API que podem executá-lo',
  },
}

export const templates: typeof templateTexts = {
  title: 'Começar com',
  chosen: (name) => `O formulário foi preenchido com “${name}”.`,
  list: {
    assistant: {
      name: 'Assistente',
      description: 'Responde perguntas e usa ferramentas quando ajudam.',
      prompt:
        'Você é um assistente prestativo. Responda de forma breve e direta. Use suas ferramentas para datas, contas e dados em vez de adivinhar. Diga quando não souber.',
    },
    cleanup: {
      name: 'Limpeza de dados',
      description: 'Põe em ordem tabelas bagunçadas e diz o que mudou.',
      prompt:
        'Você limpa dados. Tire espaços sobrando, remova linhas repetidas, escreva datas em ISO 8601 e números sem separadores. Nunca invente um valor. No fim, diga o que mudou e em quantas linhas.',
    },
    dates: {
      name: 'Auxiliar de datas',
      description: 'Acha datas em textos e conta dias e dias úteis.',
      prompt:
        'Você trabalha com datas. Ache todas as datas no que receber, escreva cada uma em ISO 8601 e calcule com suas ferramentas, nunca de cabeça.',
    },
    summary: {
      name: 'Resumidor',
      description: 'Encurta textos longos sem perder o que importa.',
      prompt:
        'Você resume textos. Comece pela frase que mais importa, depois no máximo cinco pontos. Mantenha nomes, números e datas exatamente como são. Não acrescente nada que não esteja no texto.',
    },
    reviewer: {
      name: 'Revisor',
      description: 'Lê um rascunho diante do seu objetivo e diz o que corrigir.',
      prompt:
        'Você revisa rascunhos. Diga primeiro se o rascunho cumpre o que pretende. Depois liste o que corrigir, o mais importante primeiro, cada item com uma frase que o faça melhor. Não elogie o que não importa.',
    },
    extractor: {
      name: 'Extrator',
      description: 'Transforma textos em registros de um só formato.',
      prompt: 'Você extrai dados de textos. Preencha só o que o texto diz. Deixe de fora o que ele não diz. Responda com JSON e nada mais.',
    },
  },
}

export const accessForm: typeof accessTexts = {
  title: 'Quem pode usá-lo',
  text: 'As pessoas deste espaço o veem de qualquer forma. Estas opções valem para quem chama de fora.',
  isPublic: 'Público: visto sem login',
  isPublicHint: 'Nome, descrição, modelo e ferramentas; nunca as instruções.',
  keyRequired: 'Executa só com uma chave de API',
  keyRequiredHint: 'Sem isto, um agente público é executado por qualquer pessoa, por sua conta.',
  open: 'Qualquer pessoa que alcance este servidor pode executá-lo, sem chave.',
  keys: 'Chaves de API que podem executá-lo',
  anyKey: 'Nenhuma escolhida: qualquer chave deste espaço pode executá-lo.',
  goneKey: 'uma chave que não existe mais',
}
