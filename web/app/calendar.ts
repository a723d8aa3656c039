import { t } from './words.ts'

/** What every calendar here has in common: weeks begin on Monday, no day is marked by colour alone, the buttons are said aloud. */
export const calendar = {
  firstDayOfWeek: 1 as const,
  weekendDays: [],
  ariaLabels: {
    previousMonth: t('calendar.previousMonth'),
    nextMonth: t('calendar.nextMonth'),
    previousYear: t('calendar.previousYear'),
    nextYear: t('calendar.nextYear'),
    previousDecade: t('calendar.previousDecade'),
    nextDecade: t('calendar.nextDecade'),
  },
}
