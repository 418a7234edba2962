import { type Command, Option } from 'commander';
import { printTable } from '../kubectl/get.ts';
import { qualifiedName } from '../kubectl/kinds.ts';
import { toJson, toYaml } from '../kubectl/manifest.ts';
import { type Answer, ask } from '../kubectl/query.ts';
import type { Snapshot } from '../kubectl/snapshot.ts';
import { FILE_HELP, snapshotOfFiles, splitFiles } from './cluster-file.ts';
import { EXIT } from './exit.ts';
import { addViewOptions, inKubectlsWords, type ViewOptions } from './kubectl-options.ts';

interface GetOptions extends ViewOptions {
  output?: 'wide' | 'yaml' | 'json' | 'name';
  selector: string;
  showLabels?: boolean;
}

const HELP = `${FILE_HELP}
Examples:
  svclab get pods retail-outage -n shop --at 31m      what kubectl would have printed in that minute
  svclab get svc -A shop.yaml                         ready and total endpoints, and why there is none
  svclab get deploy/checkout out/retail-outage/baseline.svt -n shop --at 1h -o yaml
`;

/** `svclab get KIND [NAME…] FILE`. */
export function getCommand(program: Command): void {
  const command = program
    .command('get')
    .description('print objects of a simulated cluster as `kubectl get` would, at any instant of a run')
    .argument('<kind-names-file...>', 'KIND, KIND/NAME, KIND,KIND or all; names; and last the FILE');
  addViewOptions(command)
    .addOption(new Option('-o, --output <format>', 'other than a table').choices(['wide', 'yaml', 'json', 'name']))
    .option('-l, --selector <selector>', 'only with these labels: app=web,tier in (a,b),!canary', '')
    .option('--show-labels', 'a column of labels')
    .addHelpText('after', HELP)
    .action((given: string[], options: GetOptions) => inKubectlsWords(() => get(given, options)));
}

function get(given: readonly string[], options: GetOptions): void {
  const { words, files } = splitFiles(given);
  const snapshot = snapshotOfFiles(files, options.at);
  const { namespace, allNamespaces = false, selector } = options;
  const answer = ask({ words, namespace, allNamespaces, selector }, snapshot);
  const text = print(answer, snapshot, options);
  if (text !== '') process.stdout.write(text);
  else if (answer.missing.length === 0) process.stderr.write(nothingFound(answer, snapshot, options));
  for (const message of answer.missing) process.stderr.write(`${message}\n`);
  if (answer.missing.length > 0) process.exitCode = EXIT.no;
}

function print({ found, byName, missing }: Answer, snapshot: Snapshot, options: GetOptions): string {
  const { output, showLabels = false, allNamespaces = false } = options;
  const objects = found.flatMap((each) => each.objects);
  if (output === 'yaml' || output === 'json') {
    if (byName && objects.length === 0) return '';
    const asList = !byName || objects.length + missing.length > 1;
    return (output === 'yaml' ? toYaml : toJson)(objects, asList);
  }
  if (output === 'name') {
    return found
      .flatMap(({ resource, objects }) => objects.map(({ metadata }) => `${qualifiedName(resource, metadata.name)}\n`))
      .join('');
  }
  const filled = found.filter((each) => each.objects.length > 0);
  const tableOptions = {
    wide: output === 'wide',
    showLabels,
    showNamespace: allNamespaces,
    showKind: found.length > 1,
  };
  return filled.map((each) => `${printTable(each, snapshot, tableOptions)}\n`).join('\n');
}

/** In kubectl's words, and where to look instead. */
function nothingFound({ found }: Answer, snapshot: Snapshot, { namespace, allNamespaces }: GetOptions): string {
  if (allNamespaces || found.every(({ resource }) => !resource.namespaced)) return 'No resources found\n';
  const elsewhere = new Set(
    found.flatMap(({ resource }) => snapshot.list(resource.kind).map(({ metadata }) => metadata.namespace)),
  );
  elsewhere.delete(namespace);
  const hint = elsewhere.size === 0 ? '' : `There are some in ${[...elsewhere].join(', ')}: use -n or -A.\n`;
  return `No resources found in ${namespace} namespace.\n${hint}`;
}
