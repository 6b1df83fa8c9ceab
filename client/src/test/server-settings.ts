import { loadConfig } from '@cadre/core/config'

/** Throws what the server would say to these arguments. */
export function checkSettings(argv: string[]) {
  loadConfig({ env: {}, cwd: '/', argv })
}
