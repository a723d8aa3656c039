import { Text, Tooltip } from '@mantine/core'
import { Link } from '@tanstack/react-router'
import { type StaysOfCustomer } from '../../src/lifecycle/contract.ts'
import { useSession } from '../access/session.ts'
import { dayAt } from '../app/days.ts'
import * as format from '../app/format.ts'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import { StageGlyph, stageColor } from '../lifecycle/stage-look.tsx'
import styles from './stays-band.module.css'

type Stay = StaysOfCustomer['items'][number]

/** A stay shorter than this share of the band is widened to be seen and hit. */
const NARROWEST = 0.012
const DAY_MS = 86_400_000
/** The stay that lasts gets at most this much of all the time before it. */
const OPEN_SHARE_MAX = 0.35

/** The life of one customer with us, left to right; a click shows why they stood there. */
export function StaysBand({
  items,
  customerId,
  at,
  model,
}: {
  items: Stay[]
  customerId: string
  at: string | undefined
  model: string | undefined
}) {
  const { company } = useSession()
  const sorted = items.toSorted((a, b) => a.from.localeCompare(b.from))
  const start = Date.parse(sorted[0]?.from ?? '')
  const now = Date.now()
  const last = sorted.at(-1)
  // Decades of having lapsed must not squeeze the life before them into a hair.
  const lived = Date.parse(last?.from ?? '') - start
  const open = last?.to === null ? Math.min(now - Date.parse(last.from), Math.max(lived, DAY_MS) * OPEN_SHARE_MAX) : 0
  const end = last?.to ? Date.parse(last.to) : Date.parse(last?.from ?? '') + open
  const whole = Math.max(1, end - start)
  const time = (iso: string) => format.instant(iso, company.timeZone)
  const shown = at ? `${at}T23:59:59.999Z` : null

  return (
    <Card title={t('customers-ui:stays.title')} text={t('customers-ui:stays.text')}>
      <ol className={styles.band}>
        {sorted.map(stay => {
          const to = stay.to ? Date.parse(stay.to) : end
          const share = Math.max(NARROWEST, (to - Date.parse(stay.from)) / whole)
          const isShown = shown ? stay.from <= shown && (!stay.to || stay.to > shown) : stay.to === null
          const sentence = t('customers-ui:stays.one', {
            stage: stay.name,
            from: time(stay.from),
            to: stay.to ? time(stay.to) : t('customers-ui:stays.today'),
            lasting: format.lasting(stay.from, stay.to ?? new Date(now).toISOString()),
          })
          return (
            <Tooltip
              key={stay.from}
              label={
                <>
                  {sentence}
                  <br />
                  {t(`customers-ui:because.${stay.because}`)}
                </>
              }
            >
              <li
                style={{ flexGrow: share, '--stage': stageColor(stay.super) } as React.CSSProperties}
                data-open={stay.to === null || undefined}
                data-shown={isShown || undefined}
              >
                <Link
                  to="/customers/$customerId"
                  params={{ customerId }}
                  search={{ ...(stay.to === null ? {} : { at: dayAt(to - 1, company.timeZone) }), ...(model ? { model } : {}) }}
                  aria-label={sentence}
                  aria-current={isShown || undefined}
                  resetScroll={false}
                >
                  <StageGlyph stage={stay.super} size={18} />
                  <span className={styles.name}>{stay.name}</span>
                </Link>
              </li>
            </Tooltip>
          )
        })}
      </ol>
      <div className={styles.scale}>
        <Text size="xs" c="dimmed" className="numbers">
          {time(new Date(start).toISOString())}
        </Text>
        <Text size="xs" c="dimmed" className="numbers">
          {last?.to === null ? t('customers-ui:stays.today') : time(new Date(end).toISOString())}
        </Text>
      </div>
    </Card>
  )
}
