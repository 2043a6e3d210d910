/** The few parts of oidc-provider that the tests use; the package brings no types. */
declare module 'oidc-provider' {
  import type { EventEmitter } from 'node:events';
  import type { IncomingMessage, ServerResponse } from 'node:http';

  /** A token of whatever kind, as it is stored. */
  export interface Stored {
    readonly jti: string;
    readonly clientId: string;
    readonly scope?: string;
    /** The resource that it is for. */
    readonly aud?: string;
    readonly isValid: boolean;
    destroy(): Promise<void>;
  }

  export type ClientCredentials = Stored;

  export interface Model {
    new (properties: Readonly<Record<string, unknown>>): { save(): Promise<string> };
    find(token: string): Promise<Stored | undefined>;
  }

  export interface Grant {
    save(): Promise<string>;
    addOIDCScope(scope: string): void;
  }

  export default class Provider extends EventEmitter {
    constructor(issuer: string, configuration: Readonly<Record<string, unknown>>);
    callback(): (request: IncomingMessage, response: ServerResponse) => Promise<void>;
    readonly ClientCredentials: Model;
    readonly AccessToken: Model;
    readonly AuthorizationCode: Model;
    readonly Client: { find(id: string): Promise<object | undefined> };
    readonly Grant: new (
      properties: Readonly<Record<string, unknown>>,
    ) => Grant;
  }
}
