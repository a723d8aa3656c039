import { Input, SegmentedControl, Select, SimpleGrid, Stack, TextInput } from '@mantine/core'
import { useState } from 'react'
import { type ImportView, type Mapping } from '../../src/events/imports/contract.ts'
import { Card } from '../app/page.tsx'
import { t } from '../app/words.ts'
import { CurrencySelect, TimeZoneSelect } from '../company/selects.tsx'
import { kindOf } from './fields.ts'

const DELIMITERS: Record<Mapping['delimiter'], 'comma' | 'semicolon' | 'tab' | 'bar' | 'space'> = {
  ',': 'comma',
  ';': 'semicolon',
  '\t': 'tab',
  '|': 'bar',
  ' ': 'space',
}
const ENCODINGS = {
  'utf-8': 'UTF-8',
  latin1: 'Latin-1 (Windows)',
  'utf-16le': 'UTF-16 LE',
  'utf-16be': 'UTF-16 BE',
} satisfies Record<Mapping['encoding'], string>

/** How the file is written. Found out already; here to be put right. */
export function FileForm({ one, change }: { one: ImportView; change: (mapping: Mapping) => void }) {
  const { mapping } = one
  const kind = kindOf(one)
  const hasMoney = kind === 'orders' || kind === 'spend'
  const set = (part: Partial<Mapping>) => change({ ...mapping, ...part })
  return (
    <Card title={t('import-ui:file.title')} text={t('import-ui:file.text')}>
      <SimpleGrid cols={{ base: 1, xs: 2, md: 4 }} spacing="md">
        <Select
          label={t('import-ui:file.dateOrder')}
          placeholder={t('import-ui:file.undecided')}
          data={(['ymd', 'dmy', 'mdy'] as const).map(value => ({ value, label: t(`import-ui:dateOrder.${value}`) }))}
          value={mapping.dateOrder}
          onChange={value => set({ dateOrder: value as Mapping['dateOrder'] })}
        />
        {kind === 'spend' && <ChannelInput value={mapping.spendChannel ?? ''} set={spendChannel => set({ spendChannel })} />}
        {hasMoney && (
          <Select
            label={t('import-ui:file.decimal')}
            placeholder={t('import-ui:file.undecided')}
            data={[
              { value: '.', label: t('import-ui:decimal.point') },
              { value: ',', label: t('import-ui:decimal.comma') },
            ]}
            value={mapping.decimal}
            onChange={value => set({ decimal: value as Mapping['decimal'] })}
          />
        )}
        {hasMoney && (
          <CurrencySelect
            label={t('import-ui:file.currency')}
            value={mapping.currency}
            onChange={value => value && set({ currency: value })}
          />
        )}
        <TimeZoneSelect
          label={t('import-ui:file.timeZone')}
          value={mapping.timeZone}
          onChange={value => value && set({ timeZone: value })}
        />
        <Select
          label={t('import-ui:file.delimiter')}
          data={Object.entries(DELIMITERS).map(([value, name]) => ({ value, label: t(`import-ui:delimiter.${name}`) }))}
          value={mapping.delimiter}
          onChange={value => set({ delimiter: value as Mapping['delimiter'] })}
        />
        <Select
          label={t('import-ui:file.encoding')}
          data={Object.entries(ENCODINGS).map(([value, label]) => ({ value, label }))}
          value={mapping.encoding}
          onChange={value => set({ encoding: value as Mapping['encoding'] })}
        />
        <Stack gap={4}>
          <Input.Label component="div" id="header-label">
            {t('import-ui:file.header')}
          </Input.Label>
          <SegmentedControl
            aria-labelledby="header-label"
            value={mapping.hasHeader ? 'yes' : 'no'}
            onChange={value => set({ hasHeader: value === 'yes' })}
            data={[
              { value: 'yes', label: t('import-ui:file.headerYes') },
              { value: 'no', label: t('import-ui:file.headerNo') },
            ]}
          />
        </Stack>
      </SimpleGrid>
    </Card>
  )
}

/** Asked for again only when one has finished writing. */
function ChannelInput({ value, set }: { value: string; set: (channel: string) => void }) {
  const [text, write] = useState(value)
  return (
    <TextInput
      label={t('import-ui:file.spendChannel')}
      placeholder={t('import-ui:file.spendChannelExample')}
      value={text}
      maxLength={200}
      onChange={event => write(event.currentTarget.value)}
      onBlur={() => text.trim() !== value && set(text.trim())}
      onKeyDown={event => event.key === 'Enter' && text.trim() !== value && set(text.trim())}
    />
  )
}
