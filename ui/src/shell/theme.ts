// How do the component library's parts take on the product's look? The tokens decide; this hands them over.
import { Button, createTheme, type CSSVariablesResolver, type MantineColorsTuple } from '@mantine/core'

const accent: MantineColorsTuple = [
  '#e8edf8', '#cfd9ef', '#b3c4e6', '#94addb', '#7595d0', '#5a7fc4', '#4a72c8', '#3457a6', '#2f4f98', '#233c74',
]

const FONT = '"Inter Variable", system-ui, -apple-system, "Segoe UI", sans-serif'
const strong = { styles: { label: { fontWeight: 600, fontSize: 'var(--text-small)', marginBottom: 4 } } }

export const theme = createTheme({
  primaryColor: 'accent',
  primaryShade: { light: 7, dark: 6 },
  colors: { accent },
  fontFamily: FONT,
  fontFamilyMonospace: 'ui-monospace, SFMono-Regular, Menlo, Consolas, monospace',
  headings: { fontFamily: FONT, fontWeight: '600' },
  fontSizes: { xs: '0.75rem', sm: '0.875rem', md: '0.875rem', lg: '1.125rem', xl: '1.625rem' },
  spacing: { xs: '4px', sm: '8px', md: '16px', lg: '24px', xl: '32px' },
  radius: { xs: '4px', sm: '6px', md: '6px', lg: '10px', xl: '16px' },
  defaultRadius: 'sm',
  cursorType: 'pointer',
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      defaultProps: { size: 'sm' },
      styles: (_, { variant }) => ({ label: { fontWeight: variant === 'subtle' ? 400 : 600 } }),
    }),
    ActionIcon: { defaultProps: { variant: 'subtle', color: 'gray' } },
    TextInput: strong,
    PasswordInput: strong,
    NumberInput: strong,
    Select: strong,
    NativeSelect: strong,
    TagsInput: strong,
    MultiSelect: strong,
    Textarea: strong,
    // Pages scroll inside the frame, never the body; the lock would only add a style element the policy forbids.
    Modal: {
      defaultProps: { centered: true, lockScroll: false, transitionProps: { duration: 120 } },
      styles: { title: { fontWeight: 600 } },
    },
    ModalRoot: { defaultProps: { lockScroll: false, transitionProps: { duration: 120 } } },
    Drawer: { defaultProps: { lockScroll: false, transitionProps: { duration: 120 } } },
    DrawerRoot: { defaultProps: { lockScroll: false, transitionProps: { duration: 120 } } },
    Tooltip: { defaultProps: { openDelay: 300, transitionProps: { duration: 80 } } },
    Menu: { defaultProps: { shadow: 'md', transitionProps: { duration: 80 } } },
  },
})

const shared = {
  '--mantine-color-body': 'var(--surface)',
  '--mantine-color-text': 'var(--ink)',
  '--mantine-color-dimmed': 'var(--ink-soft)',
  '--mantine-color-placeholder': 'var(--ink-soft)',
  '--mantine-color-default': 'var(--surface)',
  '--mantine-color-default-hover': 'var(--sunken)',
  '--mantine-color-default-border': 'var(--line-strong)',
  '--mantine-color-default-color': 'var(--ink)',
  '--mantine-color-anchor': 'var(--accent-ink)',
  '--mantine-color-error': 'var(--stop)',
  '--mantine-shadow-md': 'var(--shadow)',
  '--mantine-line-height': '1.5',
}

/** Points the library's own variables at the tokens, so that light and dark are decided in one place. */
export const resolveVariables: CSSVariablesResolver = () => ({ variables: {}, light: shared, dark: shared })
