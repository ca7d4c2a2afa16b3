/** Runs in the thread in which Node before 22.15 resolves modules; see offer-host.ts. */

/** Where the doors of this brc-sync are, by the names under which plugins import them. */
export type HostAddresses = Readonly<Record<string, string>>;

interface Resolved {
  readonly url: string;
  readonly shortCircuit?: boolean;
}

let host: HostAddresses = {};

export function initialize(addresses: HostAddresses): void {
  host = addresses;
}

export async function resolve(
  specifier: string,
  context: unknown,
  next: (specifier: string, context: unknown) => Promise<Resolved>,
): Promise<Resolved> {
  try {
    return await next(specifier, context);
  } catch (error) {
    const url = host[specifier];
    if (url === undefined) throw error;
    return { url, shortCircuit: true };
  }
}
