import { useState } from 'react'

/** One thing at a time that is done on the server: which it is, and why the last did not work. */
export function useAct<Name extends string>() {
  const [busy, setBusy] = useState<Name | null>(null)
  const [error, setError] = useState<unknown>(null)
  /** @returns whether it was done. */
  const act = async (name: Name, call: () => Promise<unknown>): Promise<boolean> => {
    setBusy(name)
    setError(null)
    try {
      await call()
      return true
    } catch (error) {
      setError(error)
      return false
    } finally {
      setBusy(null)
    }
  }
  return { busy, error, act }
}
