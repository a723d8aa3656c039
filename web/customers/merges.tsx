import { Button, Group, Loader, Modal, Stack, Text, TextInput, UnstyledButton } from '@mantine/core'
import { useDebouncedValue, useDisclosure } from '@mantine/hooks'
import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useEffect, useState } from 'react'
import { type CustomerMerges } from '../../src/customers/merging/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import { get, post } from '../app/ask.ts'
import * as format from '../app/format.ts'
import { AnchorLink } from '../app/links.tsx'
import { Card } from '../app/page.tsx'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import styles from './merges.module.css'
import { customersFound } from './queries.ts'

type Merge = CustomerMerges['items'][number]
type Doubt = CustomerMerges['doubts'][number]

const WORKING_LOOK_MS = 600
const path = (customerId: string) => `/customers/${customerId}`

const mergesOf = (customerId: string) =>
  queryOptions({
    queryKey: ['customers', customerId, 'merges'],
    queryFn: ({ signal }) => get<CustomerMerges>(`${path(customerId)}/merges`, {}, signal),
    refetchInterval: query => (query.state.data?.isWorking ? WORKING_LOOK_MS : false),
  })

/** Who is read as this customer, who may be the same person, and the doors to say so. Shown only where there is something to say or do. */
export function Merges({ customerId }: { customerId: string }) {
  const found = useQuery(mergesOf(customerId))
  const mayWrite = useMay()('customers:write')
  const changes = useChanges(customerId)
  const [toUndo, askUndo] = useState<Merge | null>(null)
  const [isAdding, adding] = useDisclosure(false)
  useRetold(found.data?.isWorking ?? false)
  if (found.isError) return <TroubleNote error={found.error} retry={found.refetch} />
  if (!found.data) return null
  const { items, doubts, isWorking } = found.data
  if (items.length + doubts.length === 0 && !mayWrite) return null
  return (
    <Card title={t('merging-ui:title')}>
      <Text size="sm" c="dimmed">
        {items.length === 0 ? t('merging-ui:none') : t('merging-ui:text')}
      </Text>
      {items.length > 0 && (
        <ul className={styles.list}>
          {items.map(merge => (
            <li key={merge.id}>
              <Joined merge={merge} undo={mayWrite && !isWorking ? () => askUndo(merge) : null} />
            </li>
          ))}
        </ul>
      )}
      {doubts.length > 0 && (
        <>
          <Text fw={600} size="sm" mt="md">
            {t('merging-ui:doubts')}
          </Text>
          <ul className={styles.list}>
            {doubts.map(doubt => (
              <li key={doubt.customer.id}>
                <Doubtful doubt={doubt} changes={mayWrite && !isWorking ? changes : null} />
              </li>
            ))}
          </ul>
        </>
      )}
      {mayWrite && (
        <Group mt="md">
          {isWorking ? (
            <Group gap="xs" role="status">
              <Loader size="xs" />
              <Text size="sm">{t('merging-ui:working')}</Text>
            </Group>
          ) : (
            <Button variant="subtle" size="compact-sm" onClick={adding.open}>
              {t('merging-ui:add')}
            </Button>
          )}
        </Group>
      )}
      <Add customerId={customerId} isOpen={isAdding} close={adding.close} changes={changes} />
      <Modal
        opened={toUndo !== null}
        onClose={() => askUndo(null)}
        title={t('merging-ui:undo.title', { other: toUndo?.other.label ?? '' })}
      >
        <Stack>
          <Text size="sm">{t('merging-ui:undo.text')}</Text>
          <Group justify="flex-end">
            <Button variant="default" onClick={() => askUndo(null)}>
              {t('cancel')}
            </Button>
            <Button
              color="clay"
              loading={changes.separate.isPending}
              onClick={() => toUndo && changes.separate.mutate(toUndo.id, { onSuccess: () => askUndo(null) })}
            >
              {t('merging-ui:undo')}
            </Button>
          </Group>
        </Stack>
      </Modal>
    </Card>
  )
}

/** When the retelling ends, everything about customers may read otherwise. */
function useRetold(isWorking: boolean) {
  const queries = useQueryClient()
  const [was, note] = useState(false)
  useEffect(() => {
    if (was && !isWorking) void queries.invalidateQueries()
    note(isWorking)
  }, [was, isWorking, queries])
}

type Changes = ReturnType<typeof useChanges>

function useChanges(customerId: string) {
  const queries = useQueryClient()
  const keep = (merges: CustomerMerges) => queries.setQueryData(mergesOf(customerId).queryKey, merges)
  return {
    join: useMutation({
      mutationFn: (customer: string) => post<CustomerMerges>(`${path(customerId)}/merges`, { customer }),
      onSuccess: keep,
    }),
    separate: useMutation({
      mutationFn: (merge: string) => post<CustomerMerges>(`${path(customerId)}/merges/${merge}/undo`),
      onSuccess: keep,
    }),
    dismiss: useMutation({
      mutationFn: (other: string) => post<CustomerMerges>(`${path(customerId)}/doubts/${other}/dismiss`),
      onSuccess: keep,
    }),
  }
}

function kindName(kind: string): string {
  switch (kind) {
    case 'external':
    case 'anonymous':
    case 'email':
    case 'phone':
      return t(`merging-ui:kind.${kind}`)
    default:
      return kind
  }
}

function becauseOf({ because, by, colleague }: Merge): string {
  if (because === 'colleague') return t('merging-ui:because.colleague', { colleague: colleague ?? '' })
  return t(`merging-ui:because.${because}`, { kind: kindName(by?.kind ?? ''), value: by?.value ?? '' })
}

function Joined({ merge, undo }: { merge: Merge; undo: (() => void) | null }) {
  const { company } = useSession()
  const time = (iso: string) => format.instant(iso, company.timeZone)
  return (
    <div className={styles.row} data-undone={merge.undoneAt !== null || undefined}>
      <div>
        <Text size="sm" fw={600} className={styles.breakable}>
          {merge.other.label}
        </Text>
        <Text size="xs" c="dimmed" className={styles.breakable}>
          {becauseOf(merge)} · {time(merge.at)}
        </Text>
        {merge.undoneAt && (
          <Text size="xs" c="dimmed">
            {t('merging-ui:undone', { by: merge.undoneBy ?? '', at: time(merge.undoneAt) })}
          </Text>
        )}
      </div>
      {undo && merge.undoneAt === null && (
        <Button
          variant="subtle"
          color="clay"
          size="compact-xs"
          onClick={undo}
          aria-label={t('merging-ui:undo.label', { other: merge.other.label })}
        >
          {t('merging-ui:undo')}
        </Button>
      )}
    </div>
  )
}

function Doubtful({ doubt: { customer, reason, by }, changes }: { doubt: Doubt; changes: Changes | null }) {
  return (
    <div className={styles.row}>
      <div>
        <AnchorLink to="/customers/$customerId" params={{ customerId: customer.id }} size="sm" fw={600}>
          {customer.label}
        </AnchorLink>
        <Text size="xs" c="dimmed" className={styles.breakable}>
          {t(`merging-ui:reason.${reason}`, { kind: kindName(by.kind), value: by.value })}
        </Text>
      </div>
      {changes && (
        <Group gap={4} wrap="nowrap">
          <Button
            variant="light"
            size="compact-xs"
            loading={changes.join.isPending}
            onClick={() => changes.join.mutate(customer.id)}
            aria-label={t('merging-ui:join.label', { other: customer.label })}
          >
            {t('merging-ui:join')}
          </Button>
          <Button
            variant="subtle"
            size="compact-xs"
            loading={changes.dismiss.isPending}
            onClick={() => changes.dismiss.mutate(customer.id)}
            aria-label={t('merging-ui:dismiss.label', { other: customer.label })}
          >
            {t('merging-ui:dismiss')}
          </Button>
        </Group>
      )}
    </div>
  )
}

function Add({
  customerId,
  isOpen,
  close,
  changes,
}: {
  customerId: string
  isOpen: boolean
  close: () => void
  changes: Changes
}) {
  const [typed, type] = useState('')
  const [asked] = useDebouncedValue(typed.trim(), 180)
  const found = useQuery({ ...customersFound(asked), enabled: isOpen && asked.length > 1 })
  const others = asked.length > 1 ? (found.data?.items ?? []).filter(customer => customer.id !== customerId) : []
  const leave = () => {
    type('')
    close()
  }
  return (
    <Modal opened={isOpen} onClose={leave} title={t('merging-ui:add.title')}>
      <Stack>
        <Text size="sm">{t('merging-ui:add.text')}</Text>
        <TextInput
          data-autofocus
          label={t('merging-ui:add.search')}
          value={typed}
          onChange={event => type(event.currentTarget.value)}
        />
        <ul className={styles.list}>
          {others.map(customer => (
            <li key={customer.id}>
              <UnstyledButton
                className={styles.choice}
                disabled={changes.join.isPending}
                onClick={() => changes.join.mutate(customer.id, { onSuccess: leave })}
              >
                <Text size="sm" fw={600} className={styles.breakable}>
                  {customer.label}
                </Text>
                {customer.email && customer.email !== customer.label && (
                  <Text size="xs" c="dimmed">
                    {customer.email}
                  </Text>
                )}
              </UnstyledButton>
            </li>
          ))}
        </ul>
        {asked.length > 1 && found.isSuccess && others.length === 0 && (
          <Text size="sm" c="dimmed" role="status">
            {t('merging-ui:add.nobody')}
          </Text>
        )}
      </Stack>
    </Modal>
  )
}
