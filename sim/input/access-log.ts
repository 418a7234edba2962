/** When requests came, and to which paths, as an access log tells. */
export interface AccessLog {
  /** ns from the first request, ascending. */
  readonly times: readonly number[];
  /** In the order of the times; null: the file does not say. */
  readonly paths: readonly string[] | null;
}

/** A line of a log that cannot be understood. */
export class LogError extends Error {
  readonly line: number;
  readonly expected: string;

  constructor(line: number, message: string, expected: string) {
    super(message);
    this.name = 'LogError';
    this.line = line;
    this.expected = expected;
  }
}

const MONTHS = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
/** `127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /apache_pb.gif HTTP/1.0" 200 2326` */
const COMMON = /\[(\d{2})\/([A-Z][a-z]{2})\/(\d{4}):(\d{2}):(\d{2}):(\d{2}) ([+-])(\d{2})(\d{2})\](?: "\S+ ([^\s"]+))?/;
/** The first bytes of a gzip file, of which the second is no UTF-8. @source RFC 1952, 2.3.1 */
const GZIP = '\x1f\ufffd';
/** Numbers below are seconds from the start, above since 1970: in seconds, or in milliseconds. */
const EPOCH_SECONDS = 1e8;
const EPOCH_MILLISECONDS = 1e11;
const MOST = 5e7;
const PATH_COLUMNS = ['path', 'route', 'url', 'uri', 'request'];
const TIME_COLUMNS = ['time', 'timestamp', 'date', '@timestamp'];
const A_TIME = 'seconds from the start, seconds or milliseconds since 1970, or 2026-11-27T20:15:00.125Z';

/**
 * Reads an access log in the common (or combined) format, or CSV with a column `time` and perhaps one `path`, or times alone. Times in
 * whole seconds, as the common format has them, are spread evenly over their second.
 * @param chunks of the text; it is never whole in memory
 * @throws LogError for a line that is neither
 * @source https://httpd.apache.org/docs/2.4/logs.html#common
 */
export function readAccessLog(chunks: Iterable<string>): AccessLog {
  const times: number[] = [];
  const paths: string[] = [];
  let columns: { time: number; path: number } | undefined;
  let isCommon: boolean | undefined;
  let line = 0;
  for (const text of linesOf(chunks)) {
    line++;
    if (line === 1 && text.startsWith(GZIP))
      throw new LogError(line, 'the file is compressed by gzip', 'text, as `gunzip --keep` makes it of the file');
    if (text.trim() === '' || text.startsWith('#')) continue;
    isCommon ??= COMMON.test(text);
    if (isCommon) {
      const parts = COMMON.exec(text);
      if (parts === null)
        throw new LogError(
          line,
          `no time in "${text.slice(0, 60)}"`,
          '[10/Oct/2000:13:55:36 -0700], as in the lines before',
        );
      times.push(timeOfCommon(parts, line));
      paths.push(withoutQuery(parts[10] ?? ''));
    } else {
      const cells = cellsOf(text);
      if (columns === undefined) {
        columns = columnsOf(cells, line);
        if (Number.isNaN(timeOf(cells[columns.time] ?? ''))) continue; // it was the heading
      }
      const time = timeOf(cells[columns.time] ?? '');
      if (Number.isNaN(time)) throw new LogError(line, `"${cells[columns.time] ?? ''}" is not a time`, A_TIME);
      times.push(time);
      if (columns.path >= 0) paths.push(withoutQuery(cells[columns.path] ?? ''));
    }
    if (times.length > MOST) throw new LogError(line, `more than ${MOST} requests`, 'a part of the log');
  }
  if (times.length === 0) throw new LogError(1, 'the file has no request', 'an access log, or CSV with a column time');
  return inOrder(times, paths.length === times.length ? paths : null, isCommon === true);
}

/** Of those requests that are to the path, or to paths below it where it ends in a star. */
export function timesOf({ times, paths }: AccessLog, pattern: string | undefined): readonly number[] {
  if (pattern === undefined) return times;
  if (paths === null) return [];
  const prefix = pattern.endsWith('*') ? pattern.slice(0, -1) : null;
  return times.filter((_, i) => (prefix === null ? paths[i] === pattern : paths[i]!.startsWith(prefix)));
}

/** Logs are in the order in which requests ended. */
function inOrder(seconds: number[], paths: string[] | null, wholeSeconds: boolean): AccessLog {
  const order = Array.from(seconds, (_, i) => i).sort((a, b) => seconds[a]! - seconds[b]! || a - b);
  const first = seconds[order[0]!]!;
  const start = first >= EPOCH_SECONDS ? first : 0;
  const times: number[] = [];
  for (let i = 0; i < order.length; ) {
    let end = i + 1;
    const second = seconds[order[i]!]!;
    while (end < order.length && seconds[order[end]!] === second) end++;
    for (let k = i; k < end; k++) {
      const within = wholeSeconds ? (k - i) / (end - i) : 0;
      times.push(Math.round((second - start + within) * 1e9));
    }
    i = end;
  }
  return { times, paths: paths && order.map((i) => paths[i]!) };
}

function timeOfCommon(parts: RegExpExecArray, line: number): number {
  const [, day, monthName, year, hour, minute, second, sign, zoneHours, zoneMinutes] = parts;
  const month = MONTHS.indexOf(monthName!);
  if (month < 0) throw new LogError(line, `"${monthName}" is not a month`, MONTHS.join(', '));
  const utc = Date.UTC(Number(year), month, Number(day), Number(hour), Number(minute), Number(second)) / 1000;
  return utc - (sign === '-' ? -1 : 1) * (Number(zoneHours) * 3600 + Number(zoneMinutes) * 60);
}

/** @returns seconds; NaN: it is not a time */
function timeOf(text: string): number {
  const trimmed = text.trim();
  if (/^\d+(\.\d+)?$/.test(trimmed)) {
    const number = Number(trimmed);
    return number >= EPOCH_MILLISECONDS ? number / 1000 : number;
  }
  return /^\d{4}-\d{2}-\d{2}[T ]/.test(trimmed) ? Date.parse(trimmed) / 1000 : Number.NaN;
}

/** @returns the places of the columns; of a line without headings the first is the time */
function columnsOf(cells: readonly string[], line: number): { time: number; path: number } {
  const names = cells.map((cell) => cell.trim().toLowerCase());
  const time = names.findIndex((name) => TIME_COLUMNS.includes(name));
  const path = names.findIndex((name) => PATH_COLUMNS.includes(name));
  if (time >= 0) return { time, path };
  if (cells[0]?.includes(';'))
    throw new LogError(line, `the cells are separated by ";": "${cells.join(',').slice(0, 60)}"`, 'commas: time,path');
  if (Number.isNaN(timeOf(cells[0] ?? '')))
    throw new LogError(
      line,
      `neither a log line nor a heading with a column time: "${cells.join(',').slice(0, 60)}"`,
      A_TIME,
    );
  return { time: 0, path: cells.length > 1 ? 1 : -1 };
}

/** @source RFC 4180, without line breaks inside quotes */
function cellsOf(line: string): string[] {
  if (!line.includes('"')) return line.split(',');
  const cells: string[] = [];
  for (const [, quoted, plain] of line.matchAll(/(?:^|,)(?:"((?:[^"]|"")*)"|([^,]*))/g)) {
    cells.push(quoted?.replaceAll('""', '"') ?? plain ?? '');
  }
  return cells;
}

function withoutQuery(path: string): string {
  const end = path.search(/[?#]/);
  return end < 0 ? path : path.slice(0, end);
}

function* linesOf(chunks: Iterable<string>): Generator<string> {
  let rest = '';
  for (const chunk of chunks) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) yield line.endsWith('\r') ? line.slice(0, -1) : line;
  }
  if (rest !== '') yield rest;
}
