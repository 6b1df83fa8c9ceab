import { fileURLToPath } from 'node:url'

/** The folder of the bundled ForgeHooks. Core loads plugins by folder, never by import, so whoever composes the two says where. */
export const bundledHooks = fileURLToPath(new URL('.', import.meta.url))
