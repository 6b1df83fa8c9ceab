import { Outlet, useLocation, useNavigate, useRouter } from '@tanstack/react-router'
import { useQuery } from '@tanstack/react-query'
import { useEffect, useSyncExternalStore } from 'react'
import { meQuery } from '../features/access/access-queries.ts'
import { isDoor, login, placeAfterLogin, takePlace } from '../lib/login.ts'
import { Toaster } from '../ui/toaster.tsx'
import { Shell } from './shell.tsx'

/** Who is not logged in is led to the login, from wherever that shows, and back again from there. */
export function Root() {
  const { pathname, href } = useLocation()
  const navigate = useNavigate()
  const isWanted = useSyncExternalStore(login.subscribe, login.isWanted)
  const outside = isDoor(pathname)
  useEffect(() => {
    if (isWanted && !outside) void navigate({ to: '/login', search: href === '/' ? {} : { to: href }, replace: true })
  }, [isWanted, outside, href, navigate])
  if (!outside) return isWanted ? null : <Inside />
  return (
    <>
      <Outlet />
      <Toaster />
    </>
  )
}

/** Pages show nothing before it is known who looks at them: what strangers may see is not what they were made for. */
function Inside() {
  const { history } = useRouter()
  const { data: me, error } = useQuery(meQuery)
  const isIn = me !== undefined
  useEffect(() => {
    const place = isIn ? takePlace() : null
    if (place !== null) history.replace(placeAfterLogin(place, location.origin))
  }, [isIn, history])
  return <Shell>{(isIn || error) && <Outlet />}</Shell>
}
