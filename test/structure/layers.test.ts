import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { describe, expect, test } from 'vitest';

/** Ground first: a folder imports only from itself and from those before it. ARCHITECTURE.md draws it. */
const FLOW = [
  'sim/engine',
  'sim/stats',
  'sim/page',
  'sim/trace',
  'sim/cluster',
  'sim/routing',
  'sim/input',
  'sim/discovery',
  'sim/control',
  'sim/dataplane',
  'sim/strategies',
  'sim/traffic',
  'sim/run',
  'sim/check',
  'sim/kubectl',
  'sim/explain',
  'sim/study',
  'sim/tournament',
  'sim/cli',
];

/** What presents results knows the trace and statistics, and nothing of the simulation. */
const PRESENTERS: Record<string, string[]> = {
  viz: ['viz', 'sim/trace', 'sim/stats'],
  'sim/explain': ['sim/explain', 'sim/page', 'sim/trace', 'sim/stats'],
};

const ROOT = join(import.meta.dirname, '..', '..');

function sources(folder: string): string[] {
  return readdirSync(join(ROOT, folder)).flatMap((name) => {
    const path = join(folder, name);
    if (statSync(join(ROOT, path)).isDirectory()) return sources(path);
    return name.endsWith('.ts') && !name.endsWith('.test.ts') ? [path] : [];
  });
}

interface Import {
  from: string;
  to: string;
}

function importsOf(file: string): Import[] {
  const text = readFileSync(join(ROOT, file), 'utf8');
  return [...text.matchAll(/(?:from|import)\s*\(?\s*'([^']+)'/g)].map(([, to]) => ({
    from: file,
    to: to!.startsWith('.') ? relative(ROOT, join(ROOT, dirname(file), to!)) : to!,
  }));
}

function layerOf(path: string): string {
  return FLOW.find((layer) => path.startsWith(`${layer}/`)) ?? path.split('/')[0]!;
}

const files = ['sim', 'viz'].flatMap(sources);
const imports = files.flatMap(importsOf);

describe('the flow of imports', () => {
  test('there is something to check', () => expect(files.length).toBeGreaterThan(100));

  test('a layer imports only from those before it', () => {
    const against = imports.filter(({ from, to }) => {
      const [a, b] = [FLOW.indexOf(layerOf(from)), FLOW.indexOf(layerOf(to))];
      return a >= 0 && b >= 0 && b > a;
    });
    expect(against).toEqual([]);
  });

  test('the viewer and the explanation know a trace and nothing else', () => {
    const against = imports.filter(({ from, to }) => {
      const allowed = Object.entries(PRESENTERS).find(([layer]) => from.startsWith(`${layer}/`))?.[1];
      const local = to.startsWith('sim/') || to.startsWith('viz/');
      return allowed !== undefined && local && !allowed.some((layer) => to.startsWith(`${layer}/`));
    });
    expect(against).toEqual([]);
  });

  test('below the command line nothing touches Node', () => {
    const against = imports.filter(
      ({ from, to }) =>
        !from.startsWith('sim/cli/') && (to.startsWith('node:') || to === 'piscina' || to === 'commander'),
    );
    expect(against).toEqual([]);
  });

  test('the engine, the statistics and the pages know no Kubernetes word', () => {
    const words = /\b(kube|kubernetes|pods?|endpointslice|clusterip|namespace)\b/i;
    const against = files
      .filter((file) => /^sim\/(engine|stats|page)\//.test(file))
      .filter((file) => words.test(readFileSync(join(ROOT, file), 'utf8')));
    expect(against).toEqual([]);
  });
});
