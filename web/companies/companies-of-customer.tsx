import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useSession } from '../access/session.ts'
import * as format from '../app/format.ts'
import { AnchorLink } from '../app/links.tsx'
import { Card } from '../app/page.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import styles from './companies.module.css'
import { companiesOf } from './queries.ts'

/** The companies a customer belongs to and belonged to; nothing for those who never belonged to one. */
export function CompaniesOfCustomer({ customerId }: { customerId: string }) {
  const { company } = useSession()
  const found = useQuery(companiesOf(customerId))
  const day = (iso: string) => format.instant(iso, company.timeZone)
  if (found.isError) return <TroubleNote error={found.error} retry={found.refetch} />
  if (!found.data || found.data.items.length === 0) return null
  return (
    <Card title={t('companies-ui:ofCustomer')}>
      <ul className={styles.companies}>
        {found.data.items.map(one => (
          <li key={one.id}>
            <AnchorLink to="/companies/$companyId" params={{ companyId: one.id }} size="sm" style={{ overflowWrap: 'anywhere' }}>
              {one.label}
            </AnchorLink>
            <Text span size="sm" c="dimmed" className="numbers" style={{ flex: 'none' }}>
              {one.leftAt
                ? t('companies-ui:ofCustomer.until', { from: day(one.joinedAt), to: day(one.leftAt) })
                : t('companies-ui:ofCustomer.since', { day: day(one.joinedAt) })}
            </Text>
          </li>
        ))}
      </ul>
    </Card>
  )
}
