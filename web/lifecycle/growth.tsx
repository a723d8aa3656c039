import { StageDrawing, SUPER_STAGES } from './stage-look.tsx'

const HEIGHTS = { reach: 44, acquisition: 66, conversion: 92, retention: 118, loyalty: 148, at_risk: 112, lapsed: 62 }
const GROUND = 150
const BETWEEN = 34

/** The year of a customer as a border of plants: the drawing for pages that have nothing to count yet. */
export function Growth({ colored = true }: { colored?: boolean }) {
  let x = 4
  return (
    <svg viewBox="0 0 660 196" width="100%" aria-hidden="true" focusable="false" style={{ display: 'block' }}>
      <path
        d={`M0 ${GROUND}c90-2.5 170 2 262 .5s230-2.5 398 0`}
        stroke="currentColor"
        strokeOpacity="0.4"
        strokeWidth="1.2"
        fill="none"
      />
      {SUPER_STAGES.map(stage => {
        const size = HEIGHTS[stage]
        const left = x
        x += size * 0.6 + BETWEEN
        // The resting bulb lies below the line on which the others stand: its own line is at 7 of 24.
        const top = GROUND - size * (stage === 'lapsed' ? 7 / 24 : 21 / 24)
        return (
          <g
            key={stage}
            transform={`translate(${left} ${top}) scale(${size / 24})`}
            style={{ color: colored ? `var(--stage-${stage})` : 'currentColor' }}
          >
            <StageDrawing stage={stage} isFine hasGround={false} />
          </g>
        )
      })}
    </svg>
  )
}
