import { expect, test } from 'vitest'
import { en } from '../locales/en.ts'
import { ptBr } from '../locales/pt-br.ts'
import { textsFor } from './language.ts'

test('the language of the policy counts, else that of the messages, else English', () => {
  expect(textsFor('pt-BR', ['hello, how are you?'])).toBe(ptBr)
  expect(textsFor('pt-PT', [])).toBe(ptBr)
  expect(textsFor('en-GB', ['olá, tudo bem com você?'])).toBe(en)
  expect(textsFor(null, ['What is the total of this table, please?'])).toBe(en)
  expect(textsFor(null, ['Qual é o total desta tabela, por favor?'])).toBe(ptBr)
  expect(textsFor(null, ['preciso que você some isso', 'ok', '12 + 3'])).toBe(ptBr)
  expect(textsFor(null, ['12 + 3', '你好'])).toBe(en)
  expect(textsFor('ja', ['obrigado, você pode fazer isso?'])).toBe(ptBr)
  expect(textsFor(null, [])).toBe(en)
})
