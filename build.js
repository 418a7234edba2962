// Builds what `npm ci` leaves behind: dist/ (the simulator and the command line), dist/viz (the viewer's page) and, for
// `npm run bench`, dist-bench/. Run by `prepare`, so it needs the development dependencies.
import { spawnSync } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { build } from 'esbuild';

rmSync('dist', { recursive: true, force: true });
rmSync('dist-bench', { recursive: true, force: true });
const compiled = spawnSync('node', ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.build.json'], {
  stdio: 'inherit',
});
if (compiled.status !== 0) process.exit(compiled.status ?? 1);

if (existsSync('viz/main.ts')) {
  mkdirSync('dist/viz', { recursive: true });
  await build({ ...JSON.parse(readFileSync('viz/bundle.json', 'utf8')), outfile: 'dist/viz/app.js' });
  if (existsSync('viz/app.css')) copyFileSync('viz/app.css', 'dist/viz/app.css');
}

if (existsSync('bench/run.ts')) {
  await build({
    entryPoints: ['bench/run.ts', 'bench/study.ts'],
    bundle: true,
    format: 'esm',
    platform: 'node',
    packages: 'external',
    outdir: 'dist-bench',
    logLevel: 'warning',
  });
}
