import type { Command } from 'commander';
import { type EventQuery, type EventSeries, eventSeries, printEvents } from '../kubectl/events.ts';
import { resourceOf } from '../kubectl/query.ts';
import { QueryError } from '../kubectl/query-error.ts';
import { FILE_HELP, snapshotOfFiles, splitFiles } from './cluster-file.ts';
import { addViewOptions, inKubectlsWords, type ViewOptions } from './kubectl-options.ts';

interface EventOptions extends ViewOptions {
  for?: string;
  types?: string;
  json?: boolean;
}

/** What the command prints with --json. Times are seconds of the run. */
interface EventsDocument {
  version: 1;
  at: number;
  events: EventSeries[];
}

const HELP = `${FILE_HELP}
Examples:
  svclab events retail-outage -n shop --at 31m
  svclab events --for pod/checkout-7d4b9 out/retail-outage/baseline.svt -n shop
`;

/** `svclab events FILE`. */
export function eventsCommand(program: Command): void {
  const command = program
    .command('events')
    .description('list what happened to the objects of a simulated cluster, as `kubectl events` would')
    .argument('<file...>', 'a trace, a Scenario, or manifests');
  addViewOptions(command)
    .option('--for <kind/name>', 'only of this object')
    .option('--types <list>', 'Normal, Warning or both, with a comma between')
    .option('--json', 'print one JSON document')
    .addHelpText('after', HELP)
    .action((given: string[], options: EventOptions) => inKubectlsWords(() => list(given, options)));
}

function list(given: readonly string[], options: EventOptions): void {
  const { words, files } = splitFiles(given);
  if (words.length > 0) throw new QueryError(`error: there is no file "${words[0]}"`, true);
  const query = queryOf(options);
  const snapshot = snapshotOfFiles(files, options.at);
  const series = eventSeries(snapshot.events, query);
  if (options.json) {
    const seconds = series.map((each) => ({ ...each, first: each.first / 1e9, last: each.last / 1e9 }));
    const document: EventsDocument = { version: 1, at: snapshot.now / 1e9, events: seconds };
    process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  } else if (series.length > 0) {
    process.stdout.write(`${printEvents(series, snapshot.now, options.allNamespaces ?? false)}\n`);
  } else {
    process.stderr.write(
      options.allNamespaces ? 'No events found.\n' : `No events found in ${options.namespace} namespace.\n`,
    );
  }
}

function queryOf({ namespace, allNamespaces, for: target, types = '' }: EventOptions): EventQuery {
  const known = types === '' ? [] : types.split(',');
  for (const type of known) {
    if (type !== 'Normal' && type !== 'Warning') {
      throw new QueryError(`error: valid --types are Normal or Warning, not "${type}"`, true);
    }
  }
  const query = { namespace: allNamespaces ? '' : namespace, types: known };
  if (target === undefined) return query;
  const [kind = '', name = '', more] = target.split('/');
  if (kind === '' || name === '' || more !== undefined) {
    throw new QueryError('error: --for must be in resource/name form, such as pod/web-0', true);
  }
  const resource = resourceOf(kind);
  return { ...query, kind: resource.kind, name, ...(!resource.namespaced && { namespace: '' }) };
}
