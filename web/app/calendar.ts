import { t } from './words.ts'

/** The buttons of every calendar, said aloud. */
export const calendarLabels = {
  previousMonth: t('calendar.previousMonth'),
  nextMonth: t('calendar.nextMonth'),
  previousYear: t('calendar.previousYear'),
  nextYear: t('calendar.nextYear'),
  previousDecade: t('calendar.previousDecade'),
  nextDecade: t('calendar.nextDecade'),
}
