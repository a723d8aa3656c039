import { type SuperStage } from '../../src/lifecycle/contract.ts'

/** In the order of the year: growing, then fading. */
export const SUPER_STAGES = [
  'reach',
  'acquisition',
  'conversion',
  'retention',
  'loyalty',
  'at_risk',
  'lapsed',
] as const satisfies SuperStage[]
export const isFading = (stage: SuperStage) => stage === 'at_risk' || stage === 'lapsed'
/** Theme variable of a super-stage; `null` is for customers whom no stage fits. */
export const stageColor = (stage: SuperStage | null) => `var(--stage-${stage ?? 'none'})`

/** One plant through its year: seed, sprout, bud, in leaf, in bloom, wilting, resting in the ground (from where it can come back). */
const DRAWN: Record<SuperStage, { filled: string; lines: string; ground?: string }> = {
  reach: {
    filled: 'M12 20c-3 0-4.6-2-4.6-4.4C7.4 12.6 10 10.2 12 8c2 2.2 4.6 4.6 4.6 7.6C16.6 18 15 20 12 20Z',
    lines: 'M12 12.5v3.5',
  },
  acquisition: {
    filled: 'M12 14.6c0-3.4-2.1-5.2-5.8-5.2 0 3.4 2.1 5.2 5.8 5.2ZM12 12.4c0-3.4 2.1-5.2 5.8-5.2 0 3.4-2.1 5.2-5.8 5.2Z',
    lines: 'M12 21v-8.6',
  },
  conversion: {
    filled:
      'M12 19c0-2.8-1.8-4.3-5-4.3 0 2.8 1.8 4.3 5 4.3ZM12 16.4c0-2.8 1.8-4.3 5-4.3 0 2.8-1.8 4.3-5 4.3ZM12 10.4c-2.1-1.5-2.7-3.9 0-7.2 2.7 3.3 2.1 5.7 0 7.2Z',
    lines: 'M12 21V10.4',
  },
  retention: {
    filled:
      'M12 19.6c0-2.6-1.9-4-5.4-4 0 2.6 1.9 4 5.4 4ZM12 18c0-2.6 1.9-4 5.4-4 0 2.6-1.9 4-5.4 4ZM12 14.4c0-2.5-1.7-3.8-4.9-3.8 0 2.5 1.7 3.8 4.9 3.8ZM12 12.8c0-2.5 1.7-3.8 4.9-3.8 0 2.5-1.7 3.8-4.9 3.8ZM12 9.6c-1.8-1.5-2.2-3.8 0-6.8 2.2 3 1.8 5.3 0 6.8Z',
    lines: 'M12 21V9',
  },
  loyalty: {
    filled:
      'M12 6.3a2.2 2.2 0 1 1 2.7 2.3 2.2 2.2 0 1 1-1.2 3.4 2.2 2.2 0 0 1-3 0 2.2 2.2 0 1 1-1.2-3.4A2.2 2.2 0 1 1 12 6.3ZM12 20c0-2.4 1.7-3.7 4.6-3.7 0 2.4-1.7 3.7-4.6 3.7Z',
    lines: 'M12 21v-8.4M12 9.4v.01',
  },
  at_risk: {
    filled: 'M17 11.6c-2 1.5-2.4 3.7 0 6.2 2.4-2.5 2-4.7 0-6.2ZM9.6 17.4c-2.8-.3-4.3-1.9-4.5-4.8 2.8.3 4.4 1.9 4.5 4.8Z',
    lines: 'M9.6 21c-.2-7.4.6-14 4.4-14 2 0 3 1.6 3 4.6',
  },
  lapsed: {
    filled: 'M12 21c-2.7 0-4.4-1.6-4.4-3.7 0-2.3 2.4-3.6 4.4-5.8 2 2.2 4.4 3.5 4.4 5.8 0 2.1-1.7 3.7-4.4 3.7Z',
    lines: 'M12 11.4V5.6M12 8c-1.4-.2-2.3-1-2.4-2.4',
    ground: 'M3 8.4h18',
  },
}

/** `isFine` keeps the line as thin as it is on the screen, for large drawings. */
export function StageDrawing({
  stage,
  isFine = false,
  hasGround = true,
}: {
  stage: SuperStage
  isFine?: boolean
  hasGround?: boolean
}) {
  const { filled, lines, ground } = DRAWN[stage]
  const effect = isFine ? 'non-scaling-stroke' : undefined
  return (
    <g stroke="currentColor" strokeWidth={isFine ? 1.8 : 1.35} strokeLinecap="round" strokeLinejoin="round" fill="none">
      <path d={filled} fill="currentColor" fillOpacity="0.22" vectorEffect={effect} />
      <path d={lines} vectorEffect={effect} />
      {hasGround && ground && <path d={ground} vectorEffect={effect} />}
    </g>
  )
}

export function StageGlyph({ stage, size = 22 }: { stage: SuperStage | null; size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      aria-hidden="true"
      focusable="false"
      style={{ color: stageColor(stage), flex: 'none' }}
    >
      {stage ? (
        <StageDrawing stage={stage} />
      ) : (
        <circle cx="12" cy="12" r="5" stroke="currentColor" strokeDasharray="2 2.6" fill="none" />
      )}
    </svg>
  )
}
