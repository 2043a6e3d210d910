/** Headers that the transport sets by itself, or that would break its framing. */
export const RESERVED: ReadonlySet<string> = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** The same, and what says how a body is written: of requests whose bodies and answers are ours alone. */
export const RESERVED_WITH_CONTENT: ReadonlySet<string> = new Set([
  ...RESERVED,
  'content-type',
  'accept-encoding',
  'content-encoding',
]);
