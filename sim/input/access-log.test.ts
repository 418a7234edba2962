import { describe, expect, test } from 'vitest';
import { LogError, readAccessLog, timesOf } from './access-log.ts';

const seconds = (text: string, path?: string) => timesOf(readAccessLog([text]), path).map((ns) => ns / 1e9);

describe('an access log', () => {
  const COMMON = `127.0.0.1 - frank [10/Oct/2000:13:55:36 -0700] "GET /a.gif HTTP/1.0" 200 2326
10.0.0.1 - - [10/Oct/2000:20:55:38 +0000] "GET /checkout?cart=1 HTTP/1.1" 200 12 "-" "curl/8"

10.0.0.1 - - [10/Oct/2000:13:55:38 -0700] "POST /checkout/pay HTTP/1.1" 500 12
10.0.0.1 - - [10/Oct/2000:13:55:37 -0700] "GET /checkout HTTP/1.1" 200 12
`;

  test('in the common format: offsets are read, order is mended, a second is shared', () => {
    expect(seconds(COMMON)).toEqual([0, 1, 2, 2.5]);
    expect(seconds(COMMON, '/checkout')).toEqual([1, 2]);
    expect(seconds(COMMON, '/checkout*')).toEqual([1, 2, 2.5]);
    expect(seconds(COMMON, '/none')).toEqual([]);
  });

  test('comes in chunks that end anywhere', () => {
    const whole = readAccessLog([COMMON]);
    for (let size = 1; size < 50; size += 7) {
      const chunks = Array.from({ length: Math.ceil(COMMON.length / size) }, (_, i) =>
        COMMON.slice(i * size, (i + 1) * size),
      );
      expect(readAccessLog(chunks)).toEqual(whole);
    }
  });

  test.each([
    ['seconds from the start, not moved to 0', 'time,path\n2,/a\n1.5,/b\n', [1.5, 2]],
    ['since 1970', '1764187200.5\n1764187201\n', [0, 0.5]],
    ['in milliseconds', 'timestamp\n1764187200500\n1764187201000\n', [0, 0.5]],
    [
      'ISO 8601, quotes, a byte of carriage return',
      '"path","time"\r\n"/a,b","2026-11-26T20:00:00.250Z"\r\n/c,2026-11-26T20:00:01Z\r\n',
      [0, 0.75],
    ],
  ])('as CSV: %s', (_, text, times) => {
    expect(seconds(text)).toEqual(times);
  });

  test.each([
    ['', 1, /no request/],
    ['Time;Path\n0;/a\n', 1, /cells are separated by ";"/],
    ['\x1f\ufffd\b\b\0rest\n', 1, /compressed by gzip/],
    ['hello world\n', 1, /neither a log line nor a heading/],
    ['time\n1\nyesterday\n', 3, /"yesterday" is not a time/],
    [`${COMMON}nonsense\n`, 6, /no time in "nonsense"/],
    [
      'h - - [10/Oct/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 1\nh - - [10/Okt/2000:13:55:36 -0700] "GET / HTTP/1.0" 200 1',
      2,
      /"Okt" is not a month/,
    ],
  ])('that cannot be read says where: %j', (text, line, message) => {
    try {
      readAccessLog([text]);
      expect.fail('it was read');
    } catch (error) {
      expect(error).toBeInstanceOf(LogError);
      expect((error as LogError).line).toBe(line);
      expect((error as LogError).message).toMatch(message);
    }
  });
});
