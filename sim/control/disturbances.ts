/** What slows the control plane down or keeps it from writing, for a while: read by all that works in it. */
export class Disturbances {
  /** Added to each sync of a workload controller, and to each of the EndpointSlice controller, ns. */
  controllers = 0;
  endpointSlices = 0;
  readonly #parked: (() => void)[] = [];
  readonly #onUp: (() => void)[] = [];
  #outages = 0;

  /** Does the API server answer nobody? */
  get isDown(): boolean {
    return this.#outages > 0;
  }

  /** Does it now, or as soon as the API server answers. */
  whenUp(action: () => void): void {
    if (this.isDown) this.#parked.push(action);
    else action();
  }

  /** Told whenever the API server answers again, before anything that waited. */
  onUp(listener: () => void): void {
    this.#onUp.push(listener);
  }

  down(): void {
    this.#outages++;
  }

  /** Outages that overlap end with the last. */
  up(): void {
    this.#outages--;
    if (this.isDown) return;
    for (const listener of this.#onUp) listener();
    for (const action of this.#parked.splice(0)) action();
  }
}
