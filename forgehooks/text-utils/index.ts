import type { HookHandlers } from '@cadre/contract/forgehook'
import { changeCase } from './case.ts'
import { chunk } from './chunk.ts'
import { convert } from './convert.ts'
import { count } from './count.ts'
import { detectLanguage } from './detect-language.ts'
import { diff, patch } from './diff.ts'
import { decode, encode } from './encode.ts'
import { extract } from './extract.ts'
import { hash } from './hash.ts'
import { normalize } from './normalize.ts'
import { regex } from './regex.ts'
import { template } from './template.ts'
import { truncate } from './truncate.ts'

const handlers: HookHandlers = {
  '/extract': extract,
  '/regex': regex,
  '/template': template,
  '/convert': convert,
  '/diff': diff,
  '/patch': patch,
  '/hash': hash,
  '/encode': encode,
  '/decode': decode,
  '/chunk': chunk,
  '/detect_language': detectLanguage,
  '/case': changeCase,
  '/count': count,
  '/normalize': normalize,
  '/truncate': truncate,
}
export default handlers
