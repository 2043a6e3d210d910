import type { ProxyConfig } from '../../../config/types.ts';

/** It was the proxy that failed, or that said no; nothing of a request has reached the endpoint. */
export class ProxyError extends Error {
  override readonly name = 'ProxyError';
  /** One that begins with PROXY_, or that of the cause. None of undici's: it would try again by itself. */
  readonly code: string;
  readonly proxy: ProxyConfig;
  /** What it answered to CONNECT, where it did. */
  readonly status: number | null;

  /** @param detail words of ours; never what the proxy wrote */
  constructor(proxy: ProxyConfig, code: string, { status = null, detail = '', cause }: ProxyErrorParts = {}) {
    super(detail, cause === undefined ? undefined : { cause });
    this.code = code;
    this.proxy = proxy;
    this.status = status;
  }
}

export interface ProxyErrorParts {
  readonly status?: number | null;
  readonly detail?: string;
  readonly cause?: unknown;
}
