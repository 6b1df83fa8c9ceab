/** By what server/src/oidc.ts says in the address. */
export const failures = {
  away: 'The login server of your organisation does not answer as it must. Try again, or tell whoever looks after Cadre.',
  expired: 'This login was not begun in this browser, or too long ago. Begin again.',
  refused: 'The login server of your organisation did not let you in. Try again, or ask whoever looks after it.',
  unknown: 'Nobody may come in here with the account that you used. Ask an admin to add you.',
  forbidden: 'That account is in no workspace, or its address belongs to somebody who logs in with a password. Ask an admin.',
  error: 'The login did not work. Try again, or tell whoever looks after Cadre.',
}
