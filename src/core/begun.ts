/** Work under way whose outcome is awaited later: should its turn not come, a failure has nobody to tell. */
export function begun<T>(work: Promise<T>): Promise<T> {
  work.catch(() => undefined);
  return work;
}
