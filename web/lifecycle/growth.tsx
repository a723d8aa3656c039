import { StageDrawing, SUPER_STAGES } from './stage-look.tsx'

const HEIGHTS = { reach: 46, acquisition: 62, conversion: 82, retention: 104, loyalty: 128, at_risk: 92, lapsed: 58 }

/** The year of a customer as a border of plants: the drawing for pages that have nothing to count yet. */
export function Growth({ colored = true }: { colored?: boolean }) {
  let x = 8
  return (
    <svg viewBox="0 0 640 152" width="100%" aria-hidden="true" focusable="false" style={{ display: 'block' }}>
      {SUPER_STAGES.map(stage => {
        const size = HEIGHTS[stage]
        const left = x
        x += size * 0.62 + 40
        // The resting bulb lies below the line that the others stand on.
        const ground = stage === 'lapsed' ? 124 + size * 0.62 : 124 + size * 0.115
        return (
          <g
            key={stage}
            transform={`translate(${left} ${ground - size}) scale(${size / 24})`}
            style={{ color: colored ? `var(--stage-${stage})` : 'currentColor' }}
          >
            <StageDrawing stage={stage} />
          </g>
        )
      })}
      <path
        d="M0 124.5c90-3 170 2 262 .5s210-2.5 378 0"
        stroke="currentColor"
        strokeOpacity="0.35"
        strokeWidth="1.3"
        fill="none"
      />
    </svg>
  )
}
