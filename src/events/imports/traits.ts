import { TRAITS_MAX, type TraitColumn } from './contract.ts'

/** What the fields of a customers file are called as traits: a column cannot take their place. */
const TAKEN = new Set(['email', 'name', 'first_name', 'last_name', 'firstname', 'lastname', 'phone', 'country', 'city'])
/** Not taken up by itself: what is nobody's business here, or was only ever meant for the program it comes from. */
const SENSITIVE =
  /card|iban|bic|passw|token|secret|ssn|passport|tax_?id|(^|_)ip($|_)|latitude|longitude|gmtoff|dstoff|confirm|leid|euid|note|comment|religion|health/
/** Digits that are no quantity. */
const NO_NUMBER = /zip|post|plz|phone|tel|fax|id$|code|number|nr$|year|barcode|ean/
const NUMBER = /^-?(?:0|[1-9]\d{0,14})(?:\.\d{1,10})?$/

/** `Lead Status` → `lead_status`: what a trait is called in conditions and texts. */
export const traitName = (header: string): string =>
  header
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .replaceAll('ß', 'ss')
    .replace(/([a-z0-9])([A-Z])/g, '$1_$2')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 100)

/** The columns that nothing else is made of, as traits; the person sees them and takes away what should not come in. */
export function traitColumns(
  names: readonly string[],
  used: ReadonlySet<number>,
  rows: readonly (readonly string[])[],
): TraitColumn[] {
  const seen = new Set(TAKEN)
  const traits: TraitColumn[] = []
  for (const [column, header] of names.entries()) {
    const name = traitName(header)
    const values = rows.map(cells => (cells[column] ?? '').trim()).filter(value => value !== '')
    if (used.has(column) || name === '' || seen.has(name) || SENSITIVE.test(name) || values.length === 0) continue
    seen.add(name)
    const isNumber = !NO_NUMBER.test(name) && values.every(value => NUMBER.test(value))
    traits.push({ column, name, ...(isNumber && { isNumber }) })
  }
  return traits.slice(0, TRAITS_MAX)
}
