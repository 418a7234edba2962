const HOURS_A_DAY = 24;
const HOURS_A_YEAR = 24 * 365;

/**
 * An age as kubectl prints it: two or three figures that matter, `5m30s`, `3h`, `47h`, `2y14d`.
 * @param ns may be negative: a clock that is a second ahead is forgiven
 * @source apimachinery pkg/util/duration/duration.go HumanDuration
 */
export function humanDuration(ns: number): string {
  const seconds = Math.trunc(ns / 1e9);
  if (seconds < -1) return '<invalid>';
  if (seconds < 0) return '0s';
  if (seconds < 120) return `${seconds}s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 10) return two(minutes, 'm', seconds % 60, 's');
  if (minutes < 180) return `${minutes}m`;
  const hours = Math.floor(minutes / 60);
  if (hours < 8) return two(hours, 'h', minutes % 60, 'm');
  if (hours < 48) return `${hours}h`;
  const days = Math.floor(hours / HOURS_A_DAY);
  if (hours < 8 * HOURS_A_DAY) return two(days, 'd', hours % HOURS_A_DAY, 'h');
  if (hours < 2 * HOURS_A_YEAR) return `${days}d`;
  const years = Math.floor(hours / HOURS_A_YEAR);
  return hours < 8 * HOURS_A_YEAR ? two(years, 'y', days % 365, 'd') : `${years}y`;
}

function two(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large}${largeUnit}` : `${large}${largeUnit}${small}${smallUnit}`;
}
