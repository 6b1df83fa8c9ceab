import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const server = process.env.CADRE_URL ?? 'http://127.0.0.1:4000'

export default defineConfig({
  plugins: [react(), tailwindcss()],
  build: {
    // scripts/web/budgets.ts reads it; the server does not show it.
    manifest: true,
    // Everything in a file of its own: the content security policy allows no inline script, and fonts and images may be kept for ever.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    reportCompressedSize: false,
    // What each page may weigh is in scripts/web/budgets.ts; the renderer of Markdown, which none waits for, is the largest part.
    chunkSizeWarningLimit: 600,
  },
  // `npx vite web` beside a running server: pages change as their sources do. The server refuses foreign origins, so it is shown its own.
  server: {
    host: '127.0.0.1',
    proxy: Object.fromEntries(['/rpc', '/api'].map((path) => [path, { target: server, changeOrigin: true, headers: { origin: server } }])),
  },
})
