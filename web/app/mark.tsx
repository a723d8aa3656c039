/** The mark: a P that is a stem with its leaf, and the bud of the next season. */
export function Mark({ size = 28 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" focusable="false">
      <rect width="32" height="32" rx="9" fill="#1d4a34" />
      <path d="M12 26V9.5" stroke="#f3efe0" strokeWidth="2.4" strokeLinecap="round" fill="none" />
      <path d="M12 18.2c0-7 4.2-11.2 11.6-11.2 0 7.4-4.4 11.2-11.6 11.2Z" fill="#f3efe0" />
      <path d="M12 24.4c0-3.4-1.9-5.4-5.6-5.4 0 3.6 2 5.4 5.6 5.4Z" fill="#e0a03c" />
    </svg>
  )
}
