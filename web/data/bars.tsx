import styles from './data.module.css'

const KINDS = ['events', 'quarantined', 'blocked'] as const
type Counts = Partial<Record<(typeof KINDS)[number], number>>

/** Counts side by side, each kind on top of the other, in the theme's own colours. `label` says what is shown. */
export function Bars({ counts, label, height = 34 }: { counts: readonly Counts[]; label: string; height?: number }) {
  return (
    <svg
      className={styles.bars}
      viewBox={`0 0 100 ${height}`}
      preserveAspectRatio="none"
      height={height}
      role="img"
      aria-label={label}
    >
      <line x1="0" x2="100" y1={height - 0.5} y2={height - 0.5} vectorEffect="non-scaling-stroke" />
      {KINDS.map(kind => (
        <path key={kind} data-kind={kind} d={outline(counts, kind, height)} />
      ))}
    </svg>
  )
}

/** All bars of one kind as one path. */
function outline(counts: readonly Counts[], wanted: (typeof KINDS)[number], height: number): string {
  const most = Math.max(1, ...counts.map(one => KINDS.reduce((sum, kind) => sum + (one[kind] ?? 0), 0)))
  const step = 100 / counts.length
  return counts
    .map((one, i) => {
      let bottom = height - 1
      for (const kind of KINDS) {
        const n = one[kind] ?? 0
        // One event among thousands can still be seen.
        const size = n === 0 ? 0 : Math.max(1.5, (n / most) * (height - 2))
        if (kind === wanted) return n === 0 ? '' : `M${i * step} ${bottom}h${step * 0.76}v${-size}h${-step * 0.76}z`
        bottom -= size
      }
      return ''
    })
    .join('')
}
