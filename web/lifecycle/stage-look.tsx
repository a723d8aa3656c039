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
    filled: 'M12 20.8c-3.6 0-5.6-2.3-5.6-5.2 0-3.6 3.1-6.2 5.6-9.1 2.5 2.9 5.6 5.5 5.6 9.1 0 2.9-2 5.2-5.6 5.2Z',
    lines: 'M12 12.2v4.4',
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
      'M12.0 6.8C14.5 5.6 14.4 2.7 12.0 2.3C9.6 2.7 9.5 5.6 12.0 6.8ZM13.4 7.8C15.3 9.8 18.1 8.8 17.7 6.4C16.6 4.3 13.8 5.1 13.4 7.8ZM12.9 9.5C11.6 12.0 13.4 14.2 15.5 13.2C17.2 11.4 15.6 9.0 12.9 9.5ZM11.1 9.5C8.4 9.0 6.8 11.4 8.5 13.2C10.6 14.2 12.4 12.0 11.1 9.5ZM10.6 7.8C10.2 5.1 7.4 4.3 6.3 6.4C5.9 8.8 8.7 9.8 10.6 7.8ZM12 20.4c0-2.4 1.7-3.7 4.6-3.7 0 2.4-1.7 3.7-4.6 3.7Z',
    lines: 'M12 21v-8.8M11 8.3a1 1 0 1 0 2 0a1 1 0 1 0-2 0',
  },
  at_risk: {
    filled: 'M17 11.6c-2 1.5-2.4 3.7 0 6.2 2.4-2.5 2-4.7 0-6.2ZM9.6 17.4c-2.8-.3-4.3-1.9-4.5-4.8 2.8.3 4.4 1.9 4.5 4.8Z',
    lines: 'M9.6 21c-.2-7.4.6-14 4.4-14 2 0 3 1.6 3 4.6',
  },
  lapsed: {
    filled: 'M12 22c-3.2 0-5.2-1.9-5.2-4.5 0-2.9 2.9-4.5 5.2-7.2 2.3 2.7 5.2 4.3 5.2 7.2 0 2.6-2 4.5-5.2 4.5Z',
    lines: 'M12 10.3V3.6M12 6.4c-1.6-.2-2.6-1.1-2.8-2.7',
    ground: 'M2.5 7h19',
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
