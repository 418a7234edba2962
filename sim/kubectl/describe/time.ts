import { formatTime } from '../../cluster/time.ts';

/** @param time ns since the run's start @returns such as `Thu, 01 Jan 2026 00:31:00 +0000` */
export function formatRFC1123(time: number): string {
  return new Date(formatTime(time)).toUTCString().replace('GMT', '+0000');
}
