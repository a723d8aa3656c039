import { Alert, Button, FileInput, Group, Modal, Stack, Table, Text } from '@mantine/core'
import { useState } from 'react'
import { type FileReport } from '../../src/products/contract.ts'
import { downloadCsv } from '../app/csv.ts'
import * as format from '../app/format.ts'
import { IconFile } from '../app/icons.ts'
import { sentence, tell } from '../app/tell.ts'
import { t } from '../app/words.ts'
import styles from './products.module.css'
import { useProductFile } from './queries.ts'

const REJECTS_SHOWN = 8

/** A file of products: what it would do is seen before it is done. */
export function ProductFile({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const [file, choose] = useState<File | null>(null)
  const check = useProductFile()
  const bring = useProductFile()
  const report = check.data
  const end = () => {
    choose(null)
    check.reset()
    bring.reset()
    close()
  }
  const chosen = (next: File | null) => {
    choose(next)
    check.reset()
    bring.reset()
    if (next) check.mutate({ file: next, isDryRun: true })
  }
  const wrong = check.error ?? bring.error
  return (
    <Modal opened={isOpen} onClose={end} title={t('products-ui:file.title')} size="lg">
      <Stack>
        <Text size="sm" c="dimmed">
          {t('products-ui:file.text')}
        </Text>
        <FileInput
          label={t('products-ui:file.label')}
          placeholder={t('products-ui:file.choose')}
          leftSection={<IconFile size={16} />}
          accept=".csv,.txt,.tsv,.gz,text/csv"
          value={file}
          onChange={chosen}
          clearable
        />
        {wrong && (
          <Alert color="clay" role="alert">
            {sentence(wrong)}
          </Alert>
        )}
        {check.isPending && <Text size="sm">{t('products-ui:file.reading')}</Text>}
        {report && <Report report={report} name={file?.name ?? 'products'} />}
        {report && (
          <Group justify="flex-end">
            <Button variant="default" onClick={end}>
              {t('cancel')}
            </Button>
            <Button
              disabled={report.added + report.changed === 0}
              loading={bring.isPending}
              onClick={() =>
                file &&
                bring.mutate(
                  { file, isDryRun: false },
                  {
                    onSuccess: done => {
                      tell.done(t('products-ui:file.done', { count: done.added + done.changed }))
                      end()
                    },
                  },
                )
              }
            >
              {report.added + report.changed === 0
                ? t('products-ui:file.nothing')
                : t('products-ui:file.bring', { count: report.added + report.changed })}
            </Button>
          </Group>
        )}
      </Stack>
    </Modal>
  )
}

function Report({ report, name }: { report: FileReport; name: string }) {
  const unused = report.columns.filter(column => column.field === null).map(column => column.header)
  return (
    <Stack gap="xs">
      <Table fz="sm" className="numbers" verticalSpacing={4}>
        <Table.Tbody>
          {(
            [
              ['added', report.added],
              ['changed', report.changed],
              ['unchanged', report.unchanged],
              ['rejected', report.rejects.length],
            ] as const
          ).map(([what, count]) => (
            <Table.Tr key={what}>
              <Table.Td>{t(`products-ui:file.${what}`)}</Table.Td>
              <Table.Td ta="right">{format.number(count)}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
      {unused.length > 0 && (
        <Text size="xs" c="dimmed">
          {t('products-ui:file.unused', { columns: unused.join(', ') })}
        </Text>
      )}
      {report.rejects.length > 0 && (
        <Stack gap={4}>
          {report.rejects.slice(0, REJECTS_SHOWN).map(reject => (
            <Text key={reject.row} size="xs" className={styles.reject}>
              {t('products-ui:file.row', { row: format.number(reject.row) })} {reject.reason}{' '}
              <Text span c="dimmed">
                {reject.cells.join(' · ').slice(0, 120)}
              </Text>
            </Text>
          ))}
          <Group>
            <Button
              size="compact-xs"
              variant="subtle"
              onClick={() =>
                downloadCsv(`${name.replace(/\.[^.]+$/, '')}-left-out`, {
                  head: [
                    t('products-ui:file.rowHead'),
                    t('products-ui:file.reasonHead'),
                    ...report.columns.map(column => column.header),
                  ],
                  rows: report.rejects.map(reject => [reject.row, reject.reason, ...reject.cells]),
                })
              }
            >
              {t('products-ui:file.download', { count: report.rejects.length })}
            </Button>
          </Group>
        </Stack>
      )}
    </Stack>
  )
}
