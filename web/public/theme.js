// The first thing that runs on a page, before anything is shown: light or dark, so that nothing flashes. A file of its own and not a
// module, because the content security policy allows no inline script and modules run too late. web/src/lib/theme.ts writes the choice.
;(() => {
  let choice = null
  try {
    choice = localStorage.getItem('cadre.theme')
  } catch {
    // A browser that keeps nothing for us: the system decides.
  }
  const dark = choice === 'dark' || (choice !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches)
  document.documentElement.dataset.theme = dark ? 'dark' : 'light'
})()
