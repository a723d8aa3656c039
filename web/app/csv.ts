/** A table as a file that spreadsheets open: the mark in front tells Excel that it is UTF-8. */
export type Table = { head: string[]; rows: (string | number | null)[][] }

const cell = (value: string | number | null) => {
  const text = value === null ? '' : String(value)
  // A text that a spreadsheet would run as a formula is kept a text.
  const safe = typeof value === 'string' && /^[=+\-@\t]/.test(text) ? `'${text}` : text
  return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

export const csv = ({ head, rows }: Table) => [head, ...rows].map(row => row.map(cell).join(',')).join('\r\n')

export function downloadCsv(name: string, table: Table) {
  const url = URL.createObjectURL(new Blob(['\ufeff', csv(table)], { type: 'text/csv;charset=utf-8' }))
  const link = document.createElement('a')
  link.href = url
  link.download = `${name}.csv`
  link.click()
  URL.revokeObjectURL(url)
}
