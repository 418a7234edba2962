import type { KubernetesObject } from '../cluster/api/meta.ts';
import { type AccessLog, LogError, readAccessLog } from './access-log.ts';
import { dnsServerManifests, withDNSServer } from './dns-server.ts';
import { Faults, knownNames } from './faults.ts';
import { chunksOf, type Files } from './files.ts';
import { isManifestSetting, withManifestSettings } from './manifest-settings.ts';
import { checkApplied, checkManifests } from './manifests/cross-checks.ts';
import { type Manifest, readManifests } from './manifests/read.ts';
import { readManifestStream } from './manifests/stream.ts';
import { checkPlausibility } from './plausibility.ts';
import type { Message, Scenario, ScenarioFile } from './scenario.ts';
import { isScenario } from './scenario-file.ts';
import { API_VERSION, type CheckedScenario, scenarioSchema } from './scenario-schema.ts';
import { reportIssues } from './schema-faults.ts';
import { child, type Mapping, type Tree, textAt, toValue } from './tree.ts';
import { type Setting, withSettings } from './variant.ts';
import { worldOf } from './world.ts';
import { readYaml } from './yaml.ts';

/**
 * Reads a scenario file with its manifests (relative to it) and checks it and each of its variants in full.
 * @throws InputError with every fault that was found
 */
export function loadScenario(path: string, files: Files): ScenarioFile {
  const faults = new Faults();
  const reader = new FileTrees(files, faults);
  const documents = scenarioDocuments(path, reader, faults);
  const scenario = checkDocuments(documents, reader, faults);
  faults.throwIfAny();
  return { ...scenario!, warnings: faults.warnings };
}

/** A scenario file that is read once and then checked with ever other values. */
export interface OpenScenario {
  /** The scenario, or the variant that was asked for, as it stands. */
  readonly base: Scenario;
  readonly warnings: readonly Message[];
  /** With values set by their paths, as a variant sets them. @throws InputError with every fault that this makes */
  withValues(settings: readonly Setting[]): Scenario;
}

/**
 * Opens a scenario file, or one of its variants, for studies.
 * @param variant '': the scenario as it stands @throws InputError with every fault that was found
 */
export function openScenario(path: string, files: Files, variant = ''): OpenScenario {
  const faults = new Faults();
  const reader = new FileTrees(files, faults);
  const documents = scenarioDocuments(path, reader, faults);
  const others = documents.filter((document) => !isScenario(document));
  const tree = documents.find(isScenario) as Mapping;
  const { stem, variants } = split(tree);
  const chosen = variants.find(({ name }) => name === variant);
  if (chosen === undefined && variant !== '') {
    const names = variants.map(({ name }) => name);
    faults.error(tree.place, ['variants'], `there is no variant "${variant}"`, knownNames(variant, names, 'one of'));
  }
  const withValues = (settings: readonly Setting[]): Scenario => {
    const own = new Faults();
    const all = [...(chosen?.settings ?? []), ...settings];
    const fields = all.filter((setting) => !isManifestSetting(setting));
    const changed = withSettings(stem, fields, own);
    const scenario = checkScenario(changed, others, reader, own, all.filter(isManifestSetting));
    own.throwIfAny();
    faults.throwIfAny(); // of manifests that were read only now
    return { ...scenario!, variant };
  };
  faults.throwIfAny();
  return { base: withValues([]), warnings: faults.warnings, withValues };
}

/** @throws InputError when there is no Scenario, or the file cannot be read */
function scenarioDocuments(path: string, reader: FileTrees, faults: Faults): Tree[] {
  const documents = reader.trees(path, { file: path, line: 1, column: 1 });
  if (faults.count === 0 && !documents.some(isScenario)) {
    const place = documents[0]?.place ?? { file: path, line: 1, column: 1 };
    const expected = `apiVersion: ${API_VERSION} and kind: Scenario`;
    const kind = textAt(documents[0], 'kind');
    faults.error(place, [], `there is no Scenario in this file${kind ? `, but "${kind}"` : ''}`, { expected });
  }
  faults.throwIfAny();
  return documents;
}

export interface FileReport {
  file: string;
  /** What the file holds. */
  kind: 'Scenario' | 'manifests';
  errors: Message[];
  warnings: Message[];
}

/** Checks a file that holds a Scenario, or Kubernetes manifests alone. Never throws for what is in the file. */
export function validateFile(path: string, files: Files): FileReport {
  const faults = new Faults();
  const reader = new FileTrees(files, faults);
  const documents = reader.trees(path, { file: path, line: 1, column: 1 });
  const kind = documents.some(isScenario) ? 'Scenario' : 'manifests';
  if (kind === 'Scenario') checkDocuments(documents, reader, faults);
  else
    checkManifests(
      documents.flatMap((document) => readManifests(document, 'default', faults)),
      faults,
    );
  if (faults.count === 0 && documents.length === 0) {
    faults.error({ file: path, line: 1, column: 1 }, [], 'the file is empty', {
      expected: 'a Scenario or Kubernetes objects',
    });
  }
  return { file: path, kind, errors: faults.errors, warnings: faults.warnings };
}

/**
 * What a scenario file says of itself, without checking the rest.
 * @throws InputError if it cannot be read
 */
export function describeScenario(path: string, files: Files): { description: string; variants: string[] } {
  const faults = new Faults();
  const tree = new FileTrees(files, faults).trees(path, { file: path, line: 1, column: 1 }).find(isScenario);
  faults.throwIfAny();
  const variants = child(tree, 'variants');
  return {
    description: textAt(tree, 'metadata', 'description') ?? '',
    variants: variants?.type === 'list' ? variants.items.map((item) => textAt(item, 'name') ?? '') : [],
  };
}

/** The first Scenario of the documents, the others being its manifests. @returns undefined after an error */
function checkDocuments(
  documents: Tree[],
  reader: FileTrees,
  faults: Faults,
): Omit<ScenarioFile, 'warnings'> | undefined {
  const [tree, ...extra] = documents.filter(isScenario);
  const others = documents.filter((document) => !isScenario(document));
  for (const second of extra) faults.error(second.place, [], 'a second Scenario in one file');
  if (tree?.type !== 'mapping') return undefined;
  // the base is checked with its `variants:` section, so that their shape is checked too
  const base = checkScenario(tree, others, reader, faults);
  const { stem, variants } = split(tree);
  const checked = variants.map(({ name, description, settings }) => {
    const changed = withSettings(
      stem,
      settings.filter((setting) => !isManifestSetting(setting)),
      faults,
    );
    const own = new Faults();
    const scenario = checkScenario(changed, others, reader, own, settings.filter(isManifestSetting));
    faults.adopt(own, `variant "${name}"`);
    return scenario === undefined
      ? []
      : [{ ...scenario, variant: name, description: description ?? scenario.description }];
  });
  return base === undefined ? undefined : { base: { ...base, variant: '' }, variants: checked.flat() };
}

/** Reads files, each once. */
class FileTrees {
  readonly #files: Files;
  readonly #faults: Faults;
  readonly #known = new Map<string, Tree[]>();
  /** By namespace and path. */
  readonly #manifests = new Map<string, Manifest[]>();
  readonly #logs = new Map<string, AccessLog | undefined>();

  constructor(files: Files, faults: Faults) {
    this.#files = files;
    this.#faults = faults;
  }

  /** @param asked where the file is named, for the message if it cannot be read */
  trees(path: string, asked: Tree['place'], at: PropertyKey[] = []): Tree[] {
    let trees = this.#known.get(path);
    if (trees !== undefined) return trees;
    try {
      trees = readYaml(path, this.#files.read(path), this.#faults);
    } catch (error) {
      this.#faults.error(asked, at, `cannot read ${path}: ${(error as Error).message}`);
      trees = [];
    }
    this.#known.set(path, trees);
    return trees;
  }

  /** An access log. @returns undefined after an error */
  log(path: string, asked: Tree['place'], at: PropertyKey[]): AccessLog | undefined {
    if (this.#logs.has(path)) return this.#logs.get(path);
    let log: AccessLog | undefined;
    try {
      log = readAccessLog(chunksOf(this.#files, path));
    } catch (error) {
      if (!(error instanceof LogError))
        this.#faults.error(asked, at, `cannot read ${path}: ${(error as Error).message}`);
      else
        this.#faults.error({ file: path, line: error.line, column: 1 }, [], error.message, {
          expected: error.expected,
        });
    }
    this.#logs.set(path, log);
    return log;
  }

  /** The Kubernetes objects of a file; what is wrong with them is told once. */
  manifests(path: string, namespace: string, asked: Tree['place'], at: PropertyKey[]): Manifest[] {
    const key = `${namespace} ${path}`;
    let manifests = this.#manifests.get(key);
    if (manifests !== undefined) return manifests;
    try {
      manifests = readManifestStream(path, chunksOf(this.#files, path), namespace, this.#faults);
    } catch (error) {
      this.#faults.error(asked, at, `cannot read ${path}: ${(error as Error).message}`);
      manifests = [];
    }
    this.#manifests.set(key, manifests);
    return manifests;
  }
}

/** One world: its manifests, then all that refers to them. */
function checkScenario(
  tree: Tree,
  documents: Tree[],
  reader: FileTrees,
  faults: Faults,
  manifestSettings: readonly Setting[] = [],
): (CheckedScenario & { objects: KubernetesObject[] }) | undefined {
  const before = faults.count;
  const namespace = textAt(tree, 'metadata', 'namespace') ?? 'default';
  const given = [
    ...documents.flatMap((document) => readManifests(document, namespace, faults)),
    ...listedManifests(tree, namespace, reader, faults),
  ];
  const manifests = withManifestSettings(given, manifestSettings, namespace, faults);
  manifests.push(...dnsServerManifests(tree, manifests, faults));
  const applied = appliedManifests(tree, namespace, reader, faults);
  checkManifests(manifests, faults);
  for (const later of applied) checkApplied(later, manifests, faults);
  const nodeManifests = manifests.filter(({ kind }) => kind === 'Node').length;
  const world = worldOf(tree, manifests, applied, namespace, replayedLogs(tree, reader));
  const result = scenarioSchema(world, nodeManifests).safeParse(toValue(tree));
  if (result.success) checkPlausibility(result.data, tree, world, faults);
  else reportIssues(result.error.issues, tree, faults);
  if (!result.success || faults.count > before) return undefined;
  return { ...withDNSServer(result.data, world), objects: objectsOf(manifests) };
}

/** Of the `manifests:` section: files, or objects inline. */
function listedManifests(tree: Tree, namespace: string, reader: FileTrees, faults: Faults): Manifest[] {
  return manifestsIn(child(tree, 'manifests'), ['manifests'], namespace, reader, faults);
}

/** By entry of the timeline: what it applies. */
function appliedManifests(tree: Tree, namespace: string, reader: FileTrees, faults: Faults): Manifest[][] {
  const timeline = child(tree, 'timeline');
  if (timeline?.type !== 'list') return [];
  return timeline.items.map((entry, i) =>
    manifestsIn(child(entry, 'apply'), ['timeline', i, 'apply'], namespace, reader, faults),
  );
}

/** By the name that the scenario gives: the access logs that its traffic replays. */
function replayedLogs(tree: Tree, reader: FileTrees): Map<string, AccessLog> {
  const logs = new Map<string, AccessLog>();
  const traffic = child(tree, 'traffic');
  if (traffic?.type !== 'list') return logs;
  traffic.items.forEach((source, i) => {
    const file = child(child(child(source, 'arrivals'), 'replay'), 'file');
    if (file?.type !== 'scalar' || typeof file.value !== 'string') return; // the schema says so
    const path = relativeTo(file.place.file, file.value);
    const log = reader.log(path, file.place, ['traffic', i, 'arrivals', 'replay', 'file']);
    if (log !== undefined) logs.set(file.value, log);
  });
  return logs;
}

/** A list of files, or of objects inline. */
function manifestsIn(
  list: Tree | undefined,
  at: PropertyKey[],
  namespace: string,
  reader: FileTrees,
  faults: Faults,
): Manifest[] {
  if (list?.type !== 'list') return [];
  return list.items.flatMap((item, i) => {
    if (item.type === 'mapping') return readManifests(item, namespace, faults);
    if (item.type !== 'scalar' || typeof item.value !== 'string') return []; // the schema says so
    return reader.manifests(relativeTo(item.place.file, item.value), namespace, item.place, [...at, i]);
  });
}

function relativeTo(file: string, path: string): string {
  const folder = file.includes('/') ? file.slice(0, file.lastIndexOf('/') + 1) : '';
  return path.startsWith('/') ? path : `${folder}${path.replace(/^(\.\/)+/, '')}`;
}

function objectsOf(manifests: Manifest[]): KubernetesObject[] {
  return manifests.flatMap(({ object }) => (object === null ? [] : [object]));
}

/** The scenario without its variants, and these. */
function split(tree: Mapping): {
  stem: Tree;
  variants: { name: string; description: string | undefined; settings: Setting[] }[];
} {
  const entries = new Map(tree.entries);
  entries.delete('variants');
  const section = child(tree, 'variants');
  const variants = (section?.type === 'list' ? section.items : []).map((item, i) => {
    const set = child(item, 'set');
    const entries = set?.type === 'mapping' ? [...set.entries] : [];
    const settings = entries.map(
      ([path, { value, keyPlace }]): Setting => ({ path, value, place: keyPlace, at: ['variants', i, 'set', path] }),
    );
    return { name: textAt(item, 'name') ?? '', description: textAt(item, 'description'), settings };
  });
  return { stem: { ...tree, entries }, variants };
}
