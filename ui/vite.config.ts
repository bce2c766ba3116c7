// How is the front end built, tested and proxied? One file answers all three.
import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const server = process.env.FAIRPATCH_SERVER ?? 'http://127.0.0.1:8000'

export default defineConfig(({ command }) => ({
  // The server serves the built files under /static/app/ and index.html at every page address.
  base: command === 'build' ? '/static/app/' : '/',
  plugins: [react()],
  resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
  build: {
    outDir: '../fairpatch/static/app',
    emptyOutDir: true,
    manifest: true,
    assetsInlineLimit: 0,
    // The polyfill would be an inline script, which the content security policy forbids.
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 1200,
  },
  worker: { format: 'es' as const },
  server: { proxy: { '/api': { target: server, changeOrigin: false } } },
  test: { include: ['src/**/*.test.ts'], environment: 'node', css: true },
}))
