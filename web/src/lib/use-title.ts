import { useEffect } from 'react'

/** What the browser's tab says; the product's name follows. */
export function useTitle(title: string) {
  useEffect(() => {
    document.title = title ? `${title} · Cadre` : 'Cadre'
  }, [title])
}
