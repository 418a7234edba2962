/** A progress line on standard error, for people: only on a terminal, with an estimate of the time left. */
export class ProgressLine {
  readonly #started = performance.now();
  readonly #on = process.stderr.isTTY === true;
  #timer: NodeJS.Timeout | undefined;
  #drawnAt = Number.NEGATIVE_INFINITY;

  /** @param share of all work that is done, 0 to 1, asked for twice a second */
  start(label: string, share: () => number): void {
    if (!this.#on) return;
    this.#timer = setInterval(() => this.#paint(label, share()), 500);
  }

  /** For work that leaves no room for a timer: at most twice a second something is drawn. */
  draw(label: string, share: number): void {
    if (!this.#on || performance.now() - this.#drawnAt < 500) return;
    this.#drawnAt = performance.now();
    this.#paint(label, share);
  }

  stop(): void {
    clearInterval(this.#timer);
    if (this.#on) process.stderr.write('\r\x1b[K');
  }

  #paint(label: string, share: number): void {
    const seconds = (performance.now() - this.#started) / 1000;
    const left = share > 0.01 ? `${Math.ceil((seconds / share) * (1 - share))} s left` : '…';
    const width = 24;
    const full = Math.round(share * width);
    const bar = '█'.repeat(full) + '░'.repeat(width - full);
    process.stderr.write(`\r\x1b[K${label} ${bar} ${Math.floor(share * 100)} %  ${left}`);
  }
}
