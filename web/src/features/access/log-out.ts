import { client } from '../../lib/api.ts'

/** Loaded anew at the login: nothing of whoever was here stays in this window. */
export async function logOut() {
  await client.sessions.logout()
  location.assign('/login')
}
