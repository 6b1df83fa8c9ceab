import { CadreProvider } from '@cadre/client/react'
import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { fetchPages, router } from './app/router.tsx'
import { firstLocale, LanguageProvider, loadTexts } from './i18n/language.tsx'
import { client, queries } from './lib/api.ts'
import { listenToKeys } from './lib/use-shortcut.ts'
import { theme } from './lib/use-theme.ts'
import { keepZodFromEval } from './lib/without-eval.ts'

async function start() {
  const locale = firstLocale()
  const texts = await loadTexts(locale)
  document.documentElement.lang = locale
  listenToKeys()
  keepZodFromEval()
  // theme.js has shown it already; from here on it follows the system.
  theme.set(theme.get())
  const root = document.getElementById('root')
  if (!root) throw new Error('index.html has no #root')
  createRoot(root).render(
    <StrictMode>
      <LanguageProvider first={{ locale, texts }}>
        <QueryClientProvider client={queries}>
          <CadreProvider client={client}>
            <RouterProvider router={router} />
          </CadreProvider>
        </QueryClientProvider>
      </LanguageProvider>
    </StrictMode>,
  )
}

const afterFirstPageMs = 1_500

void start().then(() => setTimeout(() => void fetchPages(), afterFirstPageMs))
