type Asked = { method: string; host: string; fetchSite: string | undefined; origin: string | undefined }

/**
 * Whether another site made the browser send this. Browsers say so themselves (Sec-Fetch-Site, older ones Origin), and a page cannot change either.
 * A caller that sends neither is no browser, so there is nobody whose cookie could be abused.
 */
export function isCrossSite({ method, host, fetchSite, origin }: Asked, publicUrl: string | null): boolean {
  if (['GET', 'HEAD', 'OPTIONS'].includes(method)) return false
  if (fetchSite !== undefined) return fetchSite !== 'same-origin' && fetchSite !== 'none'
  if (origin === undefined) return false
  if (!URL.canParse(origin)) return true
  const from = new URL(origin)
  return from.host !== hostAs(from.protocol, host) && from.origin !== originOf(publicUrl)
}

/** Without the port when it is the scheme's own: a proxy may name it where the browser does not. */
const hostAs = (protocol: string, host: string): string | null =>
  URL.canParse(`${protocol}//${host}`) ? new URL(`${protocol}//${host}`).host : null
const originOf = (url: string | null): string | null => (url !== null && URL.canParse(url) ? new URL(url).origin : null)
