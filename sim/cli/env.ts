import type { Command } from 'commander';
import { findPod } from '../check/find-pod.ts';
import { lookAtFiles } from '../check/look.ts';
import { containerEnvironment, serviceVariables } from '../discovery/environment.ts';
import { knownNames } from '../input/faults.ts';
import { nodeFiles, scenarioPath } from './files.ts';
import { printWarnings, UsageError } from './messages.ts';
import { paint } from './text.ts';

interface Options {
  container?: string;
  json?: boolean;
}

/** `svclab env NAMESPACE/POD FILE…`: what `env` prints in a container that starts at time 0. */
export function envCommand(program: Command): void {
  program
    .command('env')
    .description('print the environment variables that a container starts with, its own and those of Services')
    .argument('<pod>', 'NAMESPACE/POD, NAMESPACE/WORKLOAD, or a NAMESPACE for any Pod there')
    .argument('<file...>', 'manifests, or one Scenario; - is standard input')
    .option('--container <name>', 'not the first one')
    .option('--json', 'print one JSON document')
    .addHelpText('after', '\nExample:\n  $ svclab env shop/frontend shop.yaml')
    .action((reference: string, paths: string[], { container: asked, json }: Options) => {
      const { store, warnings } = lookAtFiles(paths.map(scenarioPath), nodeFiles);
      printWarnings(warnings);
      const pod = findPod(reference, store);
      const { containers, initContainers = [] } = pod.spec;
      const all = [...containers, ...initContainers];
      const container = asked === undefined ? containers[0] : all.find(({ name }) => name === asked);
      if (container === undefined) {
        const { expected } = knownNames(
          asked ?? '',
          all.map(({ name }) => name),
          'one of',
        );
        throw new UsageError(`${reference} has no container "${asked}"\n  expected  ${expected}`);
      }
      const variables = containerEnvironment(pod, container, store);
      if (json) {
        const document = { version: 1, pod: reference, container: container.name, variables };
        process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
        return;
      }
      const fromServices = new Set(serviceVariables(pod, store).map(({ name }) => name));
      const own = new Set(container.env?.map(({ name }) => name));
      for (const { name, value = '' } of variables) {
        const isService = fromServices.has(name) && !own.has(name);
        process.stdout.write(`${isService ? name : paint('bold', name)}=${value}\n`);
      }
      process.stderr.write(
        'Variables are made when a container starts: it never learns of a Service that comes later or gets another address.\n',
      );
    });
}
