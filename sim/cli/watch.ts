import { unwatchFile, watchFile } from 'node:fs';

/**
 * Calls `changed` after a change of one of the files, until the program is interrupted. Files are polled, which sees
 * editors that replace a file, network file systems and containers alike.
 * @param files asked for again after each change
 */
export async function watchFiles(files: () => ReadonlySet<string>, changed: () => void): Promise<never> {
  let watched: string[] = [];
  const start = () => {
    watched = [...files()];
    for (const path of watched) watchFile(path, { interval: 300 }, onChange);
  };
  const onChange = () => {
    for (const path of watched) unwatchFile(path, onChange);
    changed();
    start();
  };
  start();
  return new Promise(() => undefined);
}
