export type Checked = { event: Record<string, unknown> } | { detail: string | null }

/** JSON as people read it; what is no JSON (because it was cut) stays as it is. */
export function formatted(raw: string): string {
  try {
    return JSON.stringify(JSON.parse(raw), null, 2)
  } catch {
    return raw
  }
}

/** What somebody wrote, as an event to hand in; or what is wrong with it, `null` when it is JSON but no object. */
export function checked(text: string): Checked {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return { detail: null }
    return { event: value as Record<string, unknown> }
  } catch (error) {
    return { detail: error instanceof Error ? error.message : String(error) }
  }
}
