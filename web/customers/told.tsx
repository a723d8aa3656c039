import { Button, Text, TextInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { useSession } from '../access/session.ts'
import * as format from '../app/format.ts'
import { Card } from '../app/page.tsx'
import { Waiting } from '../app/page-states.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import styles from './customer.module.css'
import { toldTraits } from './queries.ts'

/** More than this and they are folded, with a field to find one. */
const FEW = 12

/** What is known of a customer beyond their ids, each with who told it and when. */
export function Told({ customerId }: { customerId: string }) {
  const { company } = useSession()
  const found = useQuery(toldTraits(customerId))
  const [typed, setTyped] = useState('')
  const [isAll, showAll] = useState(false)
  const traits = found.data ?? []
  const fitting = traits.filter(one => `${one.name} ${one.value}`.toLowerCase().includes(typed.toLowerCase()))
  const shown = isAll || typed !== '' ? fitting : fitting.slice(0, FEW)
  return (
    <Card title={t('customers-ui:told')}>
      {found.isPending && <Waiting />}
      {found.isError && <TroubleNote error={found.error} retry={found.refetch} />}
      {found.data && traits.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('customers-ui:told.empty')}
        </Text>
      )}
      {traits.length > FEW && (
        <TextInput
          size="xs"
          mb="xs"
          placeholder={t('customers-ui:told.find')}
          aria-label={t('customers-ui:told.find')}
          value={typed}
          onChange={event => setTyped(event.currentTarget.value)}
        />
      )}
      <dl className={styles.facts}>
        {shown.map(one => (
          <div key={one.name}>
            <dt>{format.sentence(one.name)}</dt>
            <dd>
              {one.value}
              {one.at && (
                <Text size="xs" c="dimmed" className="numbers">
                  {t('customers-ui:told.by', { source: one.source ?? '–', day: format.instant(one.at, company.timeZone) })}
                </Text>
              )}
            </dd>
          </div>
        ))}
      </dl>
      {fitting.length > FEW && typed === '' && (
        <Button size="xs" variant="subtle" mt="xs" onClick={() => showAll(!isAll)}>
          {isAll ? t('customers-ui:told.less') : t('customers-ui:told.more', { count: fitting.length })}
        </Button>
      )}
    </Card>
  )
}
