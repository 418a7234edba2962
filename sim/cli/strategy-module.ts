import { register } from 'node:module';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { KNOWLEDGE, PLACES } from '../strategies/registry.ts';
import type { StrategyKind } from '../strategies/strategy.ts';
import { BrokenContract } from '../tournament/arena/watch.ts';

/** What is wrong with a user's module, in a sentence. */
export class ModuleFault extends Error {}

let strips = false;
const loaded = new Map<string, Promise<StrategyKind>>();

/** Loads the strategy that a file exports by default. In a thread: what it does while it loads may never end. @throws ModuleFault */
export function loadStrategy(file: string): Promise<StrategyKind> {
  let kind = loaded.get(file);
  if (kind === undefined) {
    kind = load(file);
    loaded.set(file, kind);
  }
  return kind;
}

async function load(file: string): Promise<StrategyKind> {
  if (/\.[mc]?ts$/.test(file) && !strips) {
    register('./type-stripper.js', import.meta.url);
    strips = true;
  }
  let module: { default?: unknown };
  try {
    module = await import(pathToFileURL(resolve(file)).href);
  } catch (error) {
    const { code, name, message, stack } = error as NodeJS.ErrnoException;
    const [, line] = /^file:\/\/\S+?:(\d+)\n/.exec(stack ?? '') ?? [];
    const why =
      code === 'ERR_MODULE_NOT_FOUND'
        ? message.replace(/ imported from .*/, '')
        : `${name}: ${message}${line === undefined ? '' : ` (line ${line})`}`;
    throw new ModuleFault(`${file} cannot be loaded: ${why}`);
  }
  try {
    return checked(file, module.default);
  } catch (error) {
    if (error instanceof ModuleFault) throw error;
    throw new ModuleFault(`${file}: what it exports cannot be read: ${(error as Error).message}`);
  }
}

function checked(file: string, given: unknown): StrategyKind {
  const fault = (what: string, expected: string) =>
    new ModuleFault(
      `${file}: ${what}\n  expected  ${expected}\n  fix       svclab tournament --example prints a strategy`,
    );
  if (typeof given !== 'object' || given === null) {
    throw fault(
      given === undefined ? 'there is no default export' : `the default export is a ${typeof given}`,
      'export default { name, knows, runs, create(view) { return { pick() { … } }; } }',
    );
  }
  const kind = given as Record<keyof StrategyKind, unknown>;
  if (typeof kind.create !== 'function')
    throw fault('create is missing', 'create(view, options), which returns an object with pick()');
  if (typeof kind.name !== 'string' || !/^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$/.test(kind.name)) {
    throw fault(`name is ${JSON.stringify(kind.name)}`, 'up to 63 lower case letters, digits and dashes');
  }
  const knows = kind.knows ?? 'nothing';
  const runs = kind.runs ?? 'client';
  if (!KNOWLEDGE.some((each) => each === knows)) throw fault(`knows is ${JSON.stringify(knows)}`, KNOWLEDGE.join(', '));
  if (!PLACES.some((each) => each === runs)) throw fault(`runs is ${JSON.stringify(runs)}`, PLACES.join(', '));
  const options = kind.options ?? {};
  if (typeof options !== 'object' || !Object.values(options as object).every((each) => Number.isFinite(each))) {
    throw fault('options holds something else than numbers', 'names and their default numbers: { choices: 2 }');
  }
  if (kind.period !== undefined && !(typeof kind.period === 'number' && kind.period >= 1e6 && kind.period < Infinity)) {
    throw fault(`period is ${String(kind.period)}`, 'ns between two calls of tick, at least 1,000,000');
  }
  const text = (value: unknown, otherwise: string) => (typeof value === 'string' ? value : otherwise);
  return {
    ...(kind as unknown as StrategyKind),
    knows: knows as StrategyKind['knows'],
    runs: runs as StrategyKind['runs'],
    title: text(kind.title, `from ${file}`),
    source: text(kind.source, file),
    create: (view, chosen) => {
      const strategy = (kind as unknown as StrategyKind).create(view, chosen);
      if (typeof strategy?.pick !== 'function') throw new BrokenContract('returned nothing that has a pick()');
      for (const [call, needs, has] of [
        ['tick', 'a period beside name', kind.period !== undefined],
        ['probed', "knows: 'probes'", knows === 'probes'],
        ['idle', "knows: 'idleServers'", knows === 'idleServers'],
      ] as const) {
        if (strategy[call] !== undefined && !has) {
          throw new BrokenContract(`returned ${call}(), which is never called without ${needs}`);
        }
      }
      return strategy;
    },
  };
}
