import type { HookHandlers } from '@cadre/contract/forgehook'
import { get, request } from './request.ts'
import { readPage } from './read-page.ts'

const handlers: HookHandlers = {
  '/request': request,
  '/get': get,
  '/read_page': readPage,
}
export default handlers
