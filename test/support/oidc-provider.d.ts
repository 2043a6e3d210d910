/** The few parts of oidc-provider that the tests use; the package brings no types. */
declare module 'oidc-provider' {
  import type { EventEmitter } from 'node:events';
  import type { IncomingMessage, ServerResponse } from 'node:http';

  export interface ClientCredentials {
    readonly jti: string;
    readonly clientId: string;
    readonly scope?: string;
    readonly isValid: boolean;
    destroy(): Promise<void>;
  }

  export default class Provider extends EventEmitter {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    readonly ClientCredentials: { find(token: string): Promise<ClientCredentials | undefined> };
  }
}
