import { existsSync } from 'node:fs';
import { knownNames } from '../input/faults.ts';
import { STRATEGIES } from '../strategies/registry.ts';
import type { StrategyKind } from '../strategies/strategy.ts';
import type { Entrant } from '../tournament/tournament.ts';
import { readWorkload } from '../tournament/workload/read-workload.ts';
import type { Workload } from '../tournament/workload/workload.ts';
import { builtinWorkloads, nodeFiles } from './files.ts';
import { advised, UsageError } from './messages.ts';
import type { ThreadPlayer } from './tournament-threads.ts';

/** Who takes part: a user's modules and the built-in strategies that were named, else all of these. @throws UsageError */
export async function entrantsOf(
  flags: { readonly strategy: readonly string[]; readonly against?: readonly string[] },
  player: ThreadPlayer,
): Promise<Entrant[]> {
  const own: Entrant[] = [];
  const named: Entrant[] = [];
  for (const text of flags.strategy) {
    if (isFile(text)) own.push(await ownEntrant(text, player));
    else named.push(builtinEntrant(text, '--strategy'));
  }
  const against =
    flags.against?.map((text) => builtinEntrant(text, '--against')) ??
    (named.length > 0 ? [] : STRATEGIES.map(entrantOf));
  const entrants = [...own, ...named, ...against.filter(({ name }) => !named.some((each) => each.name === name))];
  uniqueNames(entrants, '--strategy');
  return entrants;
}

async function ownEntrant(text: string, player: ThreadPlayer): Promise<Entrant> {
  const [, file, settings] = /^(.*?\.[mc]?[jt]s)(?::(.*))?$/.exec(text) ?? [];
  if (file === undefined && existsSync(text))
    throw new UsageError(`${text} is no module\n  expected  a file that ends in .js, .mjs or .ts`);
  if (file === undefined || !existsSync(file))
    throw new UsageError(`there is no file "${file ?? text}"\n  expected  a module: ./mine.js or ./mine.ts`);
  const { fault, kind } = await player.describe(file);
  if (fault !== null) throw new UsageError(fault);
  return {
    name: nameWith(kind.name, settings),
    kind: { ...kind, create: elsewhere },
    options: optionsOf(kind, settings, text),
    file,
  };
}

/** A user's module runs in the threads that play, and nowhere else. */
function elsewhere(): never {
  throw new Error('a strategy of a user does not run in this thread');
}

function builtinEntrant(text: string, flag: string): Entrant {
  const [name, settings] = splitOnce(text);
  const kind = STRATEGIES.find((each) => each.name === name);
  if (kind === undefined)
    throw unknown(
      flag,
      name,
      STRATEGIES.map((each) => each.name),
      'a file (./mine.js), or a built-in strategy',
    );
  return { name: nameWith(name, settings), kind, options: optionsOf(kind, settings, text), file: null };
}

function entrantOf(kind: StrategyKind): Entrant {
  return { name: kind.name, kind, options: kind.options ?? {}, file: null };
}

/** Larger ones, of choices or of tables, would make one pick take seconds. */
const MOST_OPTION = 1e5;

function optionsOf(
  { name, options = {} }: Omit<StrategyKind, 'create'>,
  settings: string | undefined,
  text: string,
): Record<string, number> {
  const chosen: Record<string, number> = { ...options };
  for (const setting of settings?.split(',') ?? []) {
    const [, key, value] = /^\s*([\w-]+)\s*=\s*(\S+)\s*$/.exec(setting) ?? [];
    if (key === undefined || !Number.isFinite(Number(value))) {
      throw new UsageError(
        `--strategy ${text}: "${setting}" is no option\n  expected  name:option=number, such as envoy-least-request:choiceCount=5`,
      );
    }
    if (!(key in options)) throw unknown(`--strategy ${text}`, key, Object.keys(options), `an option of ${name}`);
    const most = Math.max(MOST_OPTION, 10 * Math.abs(options[key]!));
    if (Math.abs(Number(value)) > most) {
      throw new UsageError(`--strategy ${text}: ${key} is ${value}\n  expected  at most ${most}`);
    }
    chosen[key] = Number(value);
  }
  return chosen;
}

/** A file, or one that is built in. @throws UsageError */
export function workloadNamed(text: string): Workload {
  if (existsSync(text)) return readWorkload(text, nodeFiles);
  const builtins = builtinWorkloads();
  const found = builtins.find(({ name }) => name === text);
  if (found === undefined)
    throw unknown(
      '--workload',
      text,
      builtins.map(({ name }) => name),
      'a file, or a built-in workload',
    );
  return readWorkload(found.path, nodeFiles);
}

export function uniqueNames(named: readonly { name: string }[], flag: string): void {
  const names = named.map(({ name }) => name);
  const twin = names.find((name, i) => names.indexOf(name) < i);
  if (twin !== undefined)
    throw new UsageError(`${flag}: there are two that are called ${twin}\n  fix       rename one of them`);
}

export function unknown(flag: string, given: string, known: readonly string[], what: string): UsageError {
  return advised(`${flag}: there is no "${given}"`, knownNames(given, known, what));
}

function isFile(text: string): boolean {
  return /[./\\]/.test(splitOnce(text)[0]);
}

function splitOnce(text: string): [string, string | undefined] {
  const at = text.indexOf(':');
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function nameWith(name: string, settings: string | undefined): string {
  return settings === undefined ? name : `${name}:${settings}`;
}
