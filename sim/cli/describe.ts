import type { Command } from 'commander';
import type { KubernetesObject } from '../cluster/api/meta.ts';
import { describe } from '../kubectl/describe.ts';
import { ask, notFound, type Query, resourceOf } from '../kubectl/query.ts';
import type { Snapshot } from '../kubectl/snapshot.ts';
import { FILE_HELP, snapshotOfFiles, splitFiles } from './cluster-file.ts';
import { EXIT } from './exit.ts';
import { addViewOptions, inKubectlsWords, type ViewOptions } from './kubectl-options.ts';

interface DescribeOptions extends ViewOptions {
  selector: string;
}

const HELP = `${FILE_HELP}
Example:
  svclab describe svc checkout retail-outage -n shop --at 31m
`;

/** `svclab describe KIND [NAME…] FILE`. */
export function describeCommand(program: Command): void {
  const command = program
    .command('describe')
    .description('tell objects and their events in detail, as `kubectl describe` would, at any instant of a run')
    .argument('<kind-names-file...>', 'KIND or KIND/NAME; names, or their beginnings; and last the FILE');
  addViewOptions(command)
    .option('-l, --selector <selector>', 'only with these labels: app=web,tier in (a,b),!canary', '')
    .addHelpText('after', HELP)
    .action((given: string[], options: DescribeOptions) => inKubectlsWords(() => tell(given, options)));
}

function tell(given: readonly string[], options: DescribeOptions): void {
  const { words, files } = splitFiles(given);
  const snapshot = snapshotOfFiles(files, options.at);
  const { namespace, allNamespaces = false, selector } = options;
  const { objects, missing } = objectsOf({ words, namespace, allNamespaces, selector }, snapshot);
  if (objects.length > 0) {
    process.stdout.write(`${objects.map((object) => describe(object, snapshot)).join('\n\n\n')}\n`);
  } else if (missing.length === 0) process.stderr.write(`No resources found in ${namespace} namespace.\n`);
  for (const message of missing) process.stderr.write(`${message}\n`);
  if (missing.length > 0) process.exitCode = EXIT.no;
}

/** As kubectl does, a name that nothing has stands for those that begin so. */
function objectsOf(query: Query, snapshot: Snapshot): { objects: KubernetesObject[]; missing: string[] } {
  const { found, byName, missing } = ask(query, snapshot);
  const objects = found.flatMap((each) => each.objects);
  const [kind = '', prefix, ...more] = query.words;
  if (!byName || missing.length === 0 || prefix === undefined || more.length > 0 || kind.includes('/')) {
    return { objects, missing };
  }
  const resource = resourceOf(kind);
  const begins = ask({ ...query, words: [kind] }, snapshot)
    .found.flatMap((each) => each.objects)
    .filter(({ metadata }) => metadata.name.startsWith(prefix));
  return { objects: begins, missing: begins.length > 0 ? [] : [notFound(resource, prefix)] };
}
