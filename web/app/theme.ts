import {
  Badge,
  type CSSVariablesResolver,
  createTheme,
  type MantineColorsTuple,
  Modal,
  Notification,
  Paper,
  Popover,
  Select,
  Table,
  Tooltip,
} from '@mantine/core'
import { t } from './words.ts'

const fern: MantineColorsTuple = [
  '#edf6f0',
  '#d9eade',
  '#b3d4bd',
  '#8abd9a',
  '#66a87b',
  '#4d9a67',
  '#3d8757',
  '#2d7048',
  '#205a39',
  '#143f28',
]
const clay: MantineColorsTuple = [
  '#fdf2ea',
  '#f9e1d0',
  '#f1c19e',
  '#e99f69',
  '#e2843f',
  '#d66d24',
  '#bd5819',
  '#9c4613',
  '#7b370f',
  '#58260a',
]
const marigold: MantineColorsTuple = [
  '#fdf6e3',
  '#faebc4',
  '#f4d78d',
  '#edc255',
  '#e4ae31',
  '#cf981b',
  '#aa7a0f',
  '#86600c',
  '#654808',
  '#473205',
]
const gray: MantineColorsTuple = [
  '#f8f8f3',
  '#f0f0e9',
  '#e5e6dd',
  '#d7d9cf',
  '#c2c6ba',
  '#a2a89c',
  '#7b8379',
  '#5a6259',
  '#3d453e',
  '#252c27',
]
const dark: MantineColorsTuple = [
  '#dde3dd',
  '#bfc8c1',
  '#939e96',
  '#66726a',
  '#3b4740',
  '#2d3831',
  '#222b26',
  '#19211c',
  '#121915',
  '#0b100d',
]

const serif = "ui-serif, 'Iowan Old Style', Charter, 'Palatino Linotype', Palatino, 'Noto Serif', Georgia, serif"
const sans = "ui-sans-serif, system-ui, -apple-system, 'Segoe UI', 'Noto Sans', Roboto, 'Helvetica Neue', sans-serif"

/** Perennial's look: ink and fern on paper, clay and marigold where warmth means something. */
export const theme = createTheme({
  primaryColor: 'fern',
  primaryShade: { light: 7, dark: 7 },
  colors: { fern, clay, marigold, gray, dark },
  black: '#1b241e',
  fontFamily: sans,
  fontFamilyMonospace: "ui-monospace, SFMono-Regular, Menlo, Consolas, 'Noto Sans Mono', monospace",
  headings: {
    fontFamily: serif,
    fontWeight: '600',
    textWrap: 'balance',
    sizes: {
      h1: { fontSize: 'clamp(1.55rem, 1.2rem + 1.2vw, 1.95rem)', lineHeight: '1.2' },
      h2: { fontSize: '1.2rem', lineHeight: '1.3' },
      h3: { fontSize: '1.02rem', lineHeight: '1.35' },
    },
  },
  fontSizes: { xs: '0.775rem', sm: '0.875rem', md: '0.9375rem', lg: '1.0625rem', xl: '1.25rem' },
  radius: { xs: '4px', sm: '6px', md: '9px', lg: '14px', xl: '22px' },
  defaultRadius: 'md',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Paper: Paper.extend({ defaultProps: { radius: 'lg' } }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 250, withArrow: true, multiline: true, maw: 320 } }),
    // A dialog's head is no banner of the page.
    Modal: Modal.extend({
      defaultProps: { centered: true, closeButtonProps: { 'aria-label': t('close') }, attributes: { header: { role: 'none' } } },
      styles: { title: { fontFamily: serif, fontWeight: 600, fontSize: '1.1rem' } },
    }),
    Notification: Notification.extend({ defaultProps: { closeButtonProps: { 'aria-label': t('close') } } }),
    Popover: Popover.extend({ defaultProps: { shadow: 'md', withArrow: true } }),
    Select: Select.extend({ defaultProps: { allowDeselect: false, checkIconPosition: 'right' } }),
    Table: Table.extend({ defaultProps: { borderColor: 'var(--p-line)', highlightOnHoverColor: 'var(--p-hover)' } }),
    Badge: Badge.extend({ defaultProps: { tt: 'none', fw: 600 } }),
  },
})

/**
 * What Mantine has no name for, and what it has at too little contrast: every text here stands at 4.5 : 1 or more on both grounds
 * in both schemes, every shape at 3 : 1. The stage colours follow a plant through its year.
 */
export const variables: CSSVariablesResolver = () => ({
  variables: { '--p-serif': serif },
  light: {
    '--mantine-color-body': '#fffffd',
    '--mantine-color-text': '#1b241e',
    '--mantine-color-dimmed': '#5c636a',
    '--mantine-color-placeholder': '#656d66',
    '--mantine-color-error': '#b3261e',
    '--mantine-color-anchor': '#25643f',
    '--mantine-color-default-border': '#d9dbd0',
    '--p-ground': '#f6f5ee',
    '--p-rail': '#efeee4',
    '--p-line': '#e2e3d8',
    '--p-sunken': '#f7f6f0',
    '--p-hover': '#f1f1e8',
    '--p-good': '#1f6b41',
    '--p-bad': '#a63f16',
    '--p-shadow': '0 1px 2px rgb(40 50 40 / 5%), 0 6px 24px -12px rgb(40 50 40 / 12%)',
    '--stage-reach': '#74879a',
    '--stage-acquisition': '#7aa23c',
    '--stage-conversion': '#3c9a63',
    '--stage-retention': '#1f6b52',
    '--stage-loyalty': '#c78a12',
    '--stage-at_risk': '#c2592c',
    '--stage-lapsed': '#8d857b',
    '--stage-none': '#a2a89c',
  },
  dark: {
    '--mantine-color-body': '#19211c',
    '--mantine-color-text': '#e3e8e2',
    '--mantine-color-dimmed': '#b4b8be',
    '--mantine-color-placeholder': '#a3aca5',
    '--mantine-color-error': '#ff9b8f',
    '--mantine-color-anchor': '#8fcca4',
    '--mantine-color-default-border': '#3b4740',
    '--p-ground': '#101713',
    '--p-rail': '#0d130f',
    '--p-line': '#2b362f',
    '--p-sunken': '#141b17',
    '--p-hover': '#212b25',
    '--p-good': '#8fd3a8',
    '--p-bad': '#f3a47e',
    '--p-shadow': '0 1px 2px rgb(0 0 0 / 30%)',
    '--stage-reach': '#93a7ba',
    '--stage-acquisition': '#a3c964',
    '--stage-conversion': '#5cc08a',
    '--stage-retention': '#2f9a78',
    '--stage-loyalty': '#e9b64d',
    '--stage-at_risk': '#e5865a',
    '--stage-lapsed': '#9f978c',
    '--stage-none': '#66726a',
  },
})
