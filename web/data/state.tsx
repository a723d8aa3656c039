import { type SourceView } from '../../src/events/sources/contract.ts'
import * as format from '../app/format.ts'
import { IconAlertTriangle, IconCheck, IconClock, IconX } from '../app/icons.ts'
import { t } from '../app/words.ts'
import styles from './data.module.css'

const ICONS = {
  healthy: IconCheck,
  file: IconCheck,
  silent: IconAlertTriangle,
  aside: IconAlertTriangle,
  never: IconClock,
  ended: IconX,
} as const

/** Whether somebody should look at it. */
export const needsALook = ({ state }: SourceView): boolean => state === 'silent' || state === 'aside' || state === 'never'

export function State({ source: { state } }: { source: SourceView }) {
  const Icon = ICONS[state]
  return (
    <span className={styles.state} data-state={state}>
      <Icon size={15} stroke={1.9} aria-hidden />
      {t(`data-ui:state.${state}`)}
    </span>
  )
}

/** The state in a sentence, with the figures that it was told from. */
export function whyOf({ state, silentMs, usualSilenceMs, quarantined, events }: SourceView): string {
  const silent = format.duration((silentMs ?? 0) / 1000)
  if (state === 'silent' && usualSilenceMs === null) return t('data-ui:why.silentUnknown', { silent })
  if (state === 'silent') return t('data-ui:why.silent', { silent, usual: format.duration((usualSilenceMs ?? 0) / 1000) })
  if (state === 'aside') return t('data-ui:why.aside', { share: format.percent(quarantined / (quarantined + events)) })
  if (state === 'healthy' && usualSilenceMs === null) return t('data-ui:why.healthyNew')
  return t(`data-ui:why.${state}`)
}

export function kindOf(kind: string): string {
  if (kind.startsWith('import.')) return t('data-ui:kind.file')
  switch (kind) {
    case 'tracking':
    case 'shop':
    case 'webhook':
      return t(`data-ui:kind.${kind}`)
    case 'colleague':
      return t('data-ui:kind.staff')
    default:
      return t('data-ui:kind.other')
  }
}
