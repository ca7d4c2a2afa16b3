/** Told how far the writing has come. */
export interface Progress {
  /** @param planned changes of the plan in all */
  begin(planned: number): void;
  step(done: number): void;
  end(): void;
}
