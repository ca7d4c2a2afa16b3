import { BrcSyncError } from '../errors.js';
import type { Secret, SecretReference, SecretResolver } from '../plugin-environment.js';
import { createSecret } from '../secret.js';

/** Holds the token, and reads it again when the portal has refused it: its file may have been renewed. */
export class PortalToken {
  #held: Promise<Secret> | null = null;
  #latest: Secret | null = null;

  constructor(
    private readonly reference: SecretReference,
    private readonly secrets: SecretResolver,
  ) {}

  /** The token to send now. Requests that ask while it is read share the reading. */
  async current(): Promise<Secret> {
    this.#held ??= this.#read();
    const held = this.#held;
    try {
      const token = await held;
      if (this.#held === held) this.#latest = token;
      return token;
    } catch (error) {
      if (this.#held === held) this.#held = null;
      throw error;
    }
  }

  /** The token after this one was refused: read again, unless another request has done so meanwhile. */
  renewed(refused: Secret): Promise<Secret> {
    if (this.#latest === refused) {
      this.#held = null;
      this.#latest = null;
    }
    return this.current();
  }

  async #read(): Promise<Secret> {
    const text = (await this.secrets.resolve(this.reference)).reveal().replace(/^Token\s+/i, '');
    if (/^[\x21-\x7e]+$/.test(text)) return createSecret(text);
    throw new BrcSyncError('CONFIG_INVALID', {
      message: 'what "token" of the instance refers to is no token: it has blanks, line breaks or letters that no header may hold',
      remedy: 'Let it hold the forty characters of the API token, and nothing else.',
    });
  }
}
