/** Where a job lies, below the base URL; null for an id that the API has no address for (contract portal-coldfront.md "A job"). */
export function addressOf(jobId: string): string | null {
  return jobId === '' || /[./]/.test(jobId) ? null : `jobs/${encodeURIComponent(jobId)}/`;
}
