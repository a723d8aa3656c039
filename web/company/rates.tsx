import { ActionIcon, Alert, Button, Group, Modal, Stack, Table, Text, Textarea, TextInput, VisuallyHidden } from '@mantine/core'
import { DatePickerInput } from '@mantine/dates'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { type Rate, type Rates, type ReadRates } from '../../src/company/contract.ts'
import { useMay, useSession } from '../access/session.ts'
import { address, get, post, put, remove } from '../app/ask.ts'
import { calendar } from '../app/calendar.ts'
import { dayAt } from '../app/days.ts'
import * as format from '../app/format.ts'
import { IconTrash } from '../app/icons.ts'
import { Card } from '../app/page.tsx'
import { Waiting } from '../app/page-states.tsx'
import { sentence, tell } from '../app/tell.ts'
import { TroubleNote } from '../app/trouble.tsx'
import { t } from '../app/words.ts'
import { CurrencySelect } from './selects.tsx'

const KEY = ['company', 'rates']
const SHOWN = 12

function useRateChange() {
  const queries = useQueryClient()
  return {
    meta: { saidByForm: true },
    onSuccess: (rates: Rates) => {
      queries.setQueryData(KEY, rates)
      // Whatever is worth something is worth something else now.
      void queries.invalidateQueries({ queryKey: ['customers'] })
      tell.done(t('saved'))
    },
  }
}

/** What other currencies are worth, from which day on. */
export function RatesCard() {
  const may = useMay()
  const { company } = useSession()
  const [isPasting, paste] = useDisclosure(false)
  const [isAll, showAll] = useState(false)
  const list = useQuery({ queryKey: KEY, queryFn: ({ signal }) => get<Rates>('/company/rates', {}, signal) })
  // The newest first: those are the ones in force.
  const rates = (list.data?.items ?? []).toSorted((a, b) =>
    a.day === b.day ? (a.currency < b.currency ? -1 : 1) : a.day < b.day ? 1 : -1,
  )
  return (
    <Card
      title={t('company-ui:rates.title')}
      text={t('company-ui:rates.text', { currency: company.currency })}
      actions={
        may('company:write') && (
          <Button size="xs" variant="default" onClick={paste.open}>
            {t('company-ui:rates.paste')}
          </Button>
        )
      }
    >
      {list.isPending && <Waiting />}
      {list.isError && <TroubleNote error={list.error} retry={list.refetch} />}
      {list.data && rates.length === 0 && (
        <Text size="sm" c="dimmed">
          {t('company-ui:rates.none')}
        </Text>
      )}
      {rates.length > 0 && (
        <Table fz="sm" className="numbers" verticalSpacing={5} maw={520}>
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{t('company-ui:rates.currency')}</Table.Th>
              <Table.Th>{t('company-ui:rates.day')}</Table.Th>
              <Table.Th ta="right">{t('company-ui:rates.rate', { currency: company.currency })}</Table.Th>
              <Table.Th w={40}>
                <VisuallyHidden>{t('company-ui:rates.remove')}</VisuallyHidden>
              </Table.Th>
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {(isAll ? rates : rates.slice(0, SHOWN)).map(rate => (
              <RateRow key={`${rate.currency}${rate.day}`} rate={rate} />
            ))}
          </Table.Tbody>
        </Table>
      )}
      {rates.length > SHOWN && !isAll && (
        <Button mt="xs" size="xs" variant="subtle" onClick={() => showAll(true)}>
          {t('company-ui:rates.all', { count: rates.length })}
        </Button>
      )}
      {may('company:write') && <NewRate />}
      <PasteRates isOpen={isPasting} close={paste.close} />
    </Card>
  )
}

function RateRow({ rate }: { rate: Rate }) {
  const may = useMay()
  const drop = useMutation({
    ...useRateChange(),
    meta: {},
    mutationFn: () => remove<Rates>(address('/company/rates', { currency: rate.currency, day: rate.day }).replace('/api', '')),
  })
  return (
    <Table.Tr>
      <Table.Td>{rate.currency}</Table.Td>
      <Table.Td>{format.day(rate.day)}</Table.Td>
      <Table.Td ta="right">{rate.rate}</Table.Td>
      <Table.Td>
        {may('company:write') && (
          <ActionIcon
            variant="subtle"
            color="gray"
            size="sm"
            loading={drop.isPending}
            aria-label={t('company-ui:rates.removeOne', { currency: rate.currency, day: format.day(rate.day) })}
            onClick={() => drop.mutate()}
          >
            <IconTrash size={15} />
          </ActionIcon>
        )}
      </Table.Td>
    </Table.Tr>
  )
}

function NewRate() {
  const { company } = useSession()
  const [currency, setCurrency] = useState<string | null>(null)
  const [day, setDay] = useState<string | null>(dayAt(Date.now(), company.timeZone))
  const [rate, setRate] = useState('')
  const decimal = rate.trim().replace(',', '.')
  const isRate = /^\d{1,12}(\.\d{1,12})?$/.test(decimal) && !/^[0.]+$/.test(decimal)
  const give = useMutation({
    ...useRateChange(),
    mutationFn: () => put<Rates>('/company/rates', { items: [{ currency, day, rate: decimal }] }),
  })
  return (
    <form
      onSubmit={event => {
        event.preventDefault()
        give.mutate(undefined, { onSuccess: () => setRate('') })
      }}
    >
      {give.isError && (
        <Alert color="clay" role="alert" mt="md">
          {sentence(give.error)}
        </Alert>
      )}
      <Group align="flex-end" gap="sm" mt="md">
        <CurrencySelect
          label={t('company-ui:rates.currency')}
          value={currency}
          onChange={setCurrency}
          w={{ base: '100%', xs: 210 }}
        />
        <DatePickerInput
          label={t('company-ui:rates.day')}
          {...calendar}
          valueFormatter={() => (day ? format.day(day) : '')}
          value={day}
          onChange={setDay}
          w={{ base: '100%', xs: 150 }}
        />
        <TextInput
          label={t('company-ui:rates.one', { currency: currency ?? '…', base: company.currency })}
          placeholder="0.92"
          inputMode="decimal"
          value={rate}
          onChange={event => setRate(event.currentTarget.value)}
          w={{ base: '100%', xs: 150 }}
        />
        <Button type="submit" loading={give.isPending} disabled={!(currency && day && isRate)}>
          {t('company-ui:rates.give')}
        </Button>
      </Group>
    </form>
  )
}

function PasteRates({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const [text, write] = useState('')
  const read = useMutation({ mutationFn: () => post<ReadRates>('/company/rates/read', { text }), meta: { saidByForm: true } })
  const give = useMutation({ ...useRateChange(), mutationFn: (items: Rate[]) => put<Rates>('/company/rates', { items }) })
  const { items = [], rejects = [] } = read.data ?? {}
  const wrong = read.error ?? give.error
  const end = () => {
    write('')
    read.reset()
    give.reset()
    close()
  }
  return (
    <Modal opened={isOpen} onClose={end} title={t('company-ui:rates.paste')} size="lg">
      <Stack>
        <Textarea
          label={t('company-ui:rates.lines')}
          description={t('company-ui:rates.lines.hint')}
          placeholder={'USD,2026-01-01,0.92\nGBP,2026-01-01,1.15'}
          autosize
          minRows={5}
          maxRows={14}
          value={text}
          onChange={event => {
            write(event.currentTarget.value)
            read.reset()
          }}
        />
        {wrong && (
          <Alert color="clay" role="alert">
            {sentence(wrong)}
          </Alert>
        )}
        {read.data && (
          <Text size="sm" className="numbers">
            {t('company-ui:rates.read', { count: items.length })}
          </Text>
        )}
        {rejects.length > 0 && (
          <Stack gap={4} mah={200} style={{ overflowY: 'auto' }}>
            {rejects.map(reject => (
              <Text key={reject.line} size="xs">
                {t('company-ui:rates.line', { line: reject.line })} {reject.reason}{' '}
                <Text span c="dimmed">
                  {reject.text}
                </Text>
              </Text>
            ))}
          </Stack>
        )}
        <Group justify="flex-end">
          <Button variant="default" onClick={end}>
            {t('cancel')}
          </Button>
          {read.data ? (
            <Button disabled={items.length === 0} loading={give.isPending} onClick={() => give.mutate(items, { onSuccess: end })}>
              {t('company-ui:rates.keep', { count: items.length })}
            </Button>
          ) : (
            <Button disabled={text.trim() === ''} loading={read.isPending} onClick={() => read.mutate()}>
              {t('company-ui:rates.check')}
            </Button>
          )}
        </Group>
      </Stack>
    </Modal>
  )
}
