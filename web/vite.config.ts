import { fileURLToPath } from 'node:url'
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

const root = fileURLToPath(new URL('.', import.meta.url))
const server = process.env.PERENNIAL_URL ?? `http://localhost:${process.env.PERENNIAL_PORT ?? 4400}`

export default defineConfig({
  root,
  plugins: [react()],
  build: {
    outDir: 'dist',
    emptyOutDir: true,
    target: 'es2022',
    // The chart engine is fetched only by the pages that draw; its size is what ECharts costs.
    chunkSizeWarningLimit: 800,
  },
  server: { proxy: { '/api': server }, fs: { allow: ['..'] } },
})
