// Where does the page start? Providers, then the shell.
import './tokens.css'
import { MantineProvider } from '@mantine/core'
import '@mantine/core/styles.layer.css'
import '@fontsource-variable/inter/wght.css'
import { QueryClientProvider } from '@tanstack/react-query'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { queryClient } from '@/api/queries'
import { App } from './App'
import { resolveVariables, theme } from './theme'

/** The server writes a fresh nonce into the page; without it the policy would refuse the theme's style element. */
function readNonce(): string {
  return document.querySelector<HTMLMetaElement>('meta[name=csp-nonce]')?.content ?? ''
}

createRoot(document.getElementById('root')!).render(
  <StrictMode>
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      getStyleNonce={readNonce}
      cssVariablesResolver={resolveVariables}
    >
      <QueryClientProvider client={queryClient}>
        <App />
      </QueryClientProvider>
    </MantineProvider>
  </StrictMode>,
)
