/** The door to files; the CLI's reads the disk, a browser's what it has. */
export interface Files {
  /** @returns the text of a file. @throws Error if it cannot be read */
  read(path: string): string;
  /** The same, piece by piece: a dump of a large cluster need not be one text. */
  chunks?(path: string): Iterable<string>;
}

/** The chunks of a file, or its whole text where its door has no other way. */
export function chunksOf(files: Files, path: string): Iterable<string> {
  return files.chunks?.(path) ?? [files.read(path)];
}
