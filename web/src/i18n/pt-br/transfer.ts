import type { TransferTexts } from '../transfer-texts.ts'

export const transfer: TransferTexts = {
  agents: 'Agentes',
  agentsText:
    'Todos os agentes deste espaço em um arquivo: instruções, modelos, ferramentas e configurações, sem chaves nem segredos. `cadre agents apply` também o lê.',
  download: 'Baixar os agentes',
  noAgents: 'Não há agente para baixar.',
  upload: 'Importar um arquivo…',
  runs: 'Execuções',
  runsText: 'As 10.000 execuções mais novas, uma como JSON em cada linha. A página das execuções exporta as que cabem em seus filtros.',
  downloadRuns: 'Baixar as execuções',
  own: 'O que é guardado de você',
  ownText: 'Seu perfil, suas execuções, aprovações e o que você fez, como JSON.',
  downloadOwn: 'Baixar o que é guardado de você',
  previewTitle: 'Importar agentes',
  previewText: 'Os agentes valem pelo nome. Nada muda antes que você diga, e os campos que o arquivo omite ficam como estão.',
  what: { create: 'novo', change: 'muda', same: 'fica igual', hidden: 'não é seu para mudar' },
  changes: (fields) => `Muda: ${fields}`,
  doImport: (count) => `Importar ${count}`,
  nothing: 'O arquivo não muda nada aqui.',
  progress: (done, all) => `${done} de ${all} prontos.`,
  done: 'Importado',
  imported: (count) => `${count} importados.`,
  unreadable: 'O arquivo não pode ser importado',
  tooLarge: 'Ele tem mais de 20 MB.',
}
