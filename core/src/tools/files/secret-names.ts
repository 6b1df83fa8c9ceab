/**
 * Files that hold keys by convention: `.env`, `.envrc`, `.env.local` and the like, `*.pem`, private keys of SSH, and all in a folder `.ssh`. They are
 * shown in lists and never read, so that a root with a project in it does not hand its keys to a model. What else is secret does not
 * belong into a file root.
 */
export function isSecret(names: readonly string[]): boolean {
  return names.some((name) => /^(\.env(rc|\W.*)?|.*\.pem|id_(rsa|dsa|ecdsa|ed25519)(?!.*\.pub$).*|\.ssh)$/is.test(name))
}
