import { Link } from '@tanstack/react-router'

/** The name is the same in every language. */
const name = 'Cadre'

export function Logo() {
  return (
    <Link to="/" className="flex items-center gap-2 rounded text-[15px] font-semibold tracking-tight">
      <svg viewBox="0 0 32 32" className="size-6" aria-hidden>
        <rect width="32" height="32" rx="8" className="fill-accent" />
        <path d="M22 11.2a7.4 7.4 0 1 0 0 9.6" fill="none" strokeWidth="2.6" strokeLinecap="round" className="stroke-on-accent" />
        <circle cx="16.4" cy="16" r="2.5" className="fill-on-accent" />
      </svg>
      {name}
    </Link>
  )
}
