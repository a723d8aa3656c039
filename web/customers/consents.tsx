import { Text } from '@mantine/core'
import { queryOptions, useQuery } from '@tanstack/react-query'
import { type CustomerConsents } from '../../src/consent/contract.ts'
import { useSession } from '../access/session.ts'
import { get } from '../app/ask.ts'
import * as format from '../app/format.ts'
import { Card } from '../app/page.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import styles from './customer.module.css'

const consentsOf = (id: string) =>
  queryOptions({
    queryKey: ['customers', id, 'consents'],
    queryFn: ({ signal }) => get<CustomerConsents>(`/customers/${encodeURIComponent(id)}/consents`, {}, signal),
  })

/** What somebody allowed and forbade, as it counts now, with since when. */
export function Consents({ customerId }: { customerId: string }) {
  const { company } = useSession()
  const found = useQuery(consentsOf(customerId))
  if (found.isPending) return null
  return (
    <Card title={t('customers-ui:consents')}>
      {found.isError && <TroubleNote error={found.error} retry={found.refetch} />}
      {found.data?.now.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('customers-ui:consents.none')}
        </Text>
      )}
      <dl className={styles.facts}>
        {found.data?.now.map(one => (
          <div key={`${one.purpose} ${one.channel}`}>
            <dt>
              {t(`customers-ui:purpose.${one.purpose}`)}
              {one.channel !== 'any' && ` · ${t(`customers-ui:channel.${one.channel}`)}`}
            </dt>
            <dd className="numbers">
              {t(`customers-ui:consents.${one.status}`)}
              <Text size="xs" c="dimmed">
                {format.instant(one.since, company.timeZone)}
              </Text>
            </dd>
          </div>
        ))}
      </dl>
    </Card>
  )
}
