import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { UsageError } from './messages.ts';

/**
 * The files that a command line names: those themselves, and of a folder every YAML file in it and below, by name.
 * @throws UsageError for a folder without one
 */
export function testFiles(paths: readonly string[]): string[] {
  return paths.flatMap((path) => {
    if (!isFolder(path)) return [path];
    const found = readdirSync(path, { recursive: true, encoding: 'utf8' })
      .filter((name) => /\.ya?ml$/.test(name))
      .sort()
      .map((name) => join(path, name))
      .filter((file) => !isFolder(file));
    if (found.length === 0) throw new UsageError(`there is no YAML file in ${path}`);
    return found;
  });
}

/** A path that is not there is none: whoever reads it says so. */
function isFolder(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
}
