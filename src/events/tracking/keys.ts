import { type Bag } from './values.ts'

/** The key that a request names: the user of Basic or the Bearer, else in the body, else in the query. The first that is named counts. */
export function keyIn(authorization: string | undefined, body: Bag, query: Bag): string | null {
  const [, scheme = '', credentials = ''] = /^(\w+)\s+(\S+)\s*$/.exec(authorization ?? '') ?? []
  const inHeader =
    scheme.toLowerCase() === 'basic'
      ? Buffer.from(credentials, 'base64').toString().split(':')[0]
      : scheme.toLowerCase() === 'bearer'
        ? credentials
        : ''
  const given = [inHeader, body.writeKey, body.api_key, body.token, query.writeKey]
  const key = given.find(value => typeof value === 'string' && value !== '')
  return typeof key === 'string' ? key : null
}
