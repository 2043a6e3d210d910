/** An event as it arrives, as far as a stand-in looks at it. */
export interface SampleEvent {
  readonly id: string;
  readonly topic: string;
  readonly amount?: number;
}

/** What became of the events of one request: which were taken, and what is answered. */
export interface Reception {
  readonly taken: readonly SampleEvent[];
  readonly refused: number;
  readonly status: number;
  readonly answer: object;
}

/** How an endpoint speaks. */
export interface Style {
  readonly path: string;
  readonly tokenPath: string;
  /** What `refused` counts. */
  readonly refusals: string;
  readonly receive: (body: unknown) => Reception;
}

/** 2026-01-01, epoch milliseconds. */
const RECEIVED_MS = 1_767_225_600_000;

/** Where the events that break are refused. */
const isRefused = ({ amount }: SampleEvent): boolean => amount !== undefined && amount < 0;

/** A JSON array, of which all or nothing is taken. */
export const ARRAYS: Style = {
  path: '/events',
  tokenPath: '/token',
  refusals: 'Requests refused and taken apart',
  receive(body) {
    const events = body as readonly SampleEvent[];
    if (events.some(isRefused)) {
      return { taken: [], refused: 1, status: 422, answer: { error: 'an amount is negative' } };
    }
    return { taken: events, refused: 0, status: 200, answer: { accepted: events.length } };
  },
};

/** The batch endpoint of Adobe's Experience Platform beside its IMS: each message of a request has an answer of its own. */
export const PLATFORM: Style = {
  path: '/collection/batch/demo',
  tokenPath: '/ims/token/v3',
  refusals: 'Records refused in answers of 207',
  receive(body) {
    const { messages } = body as { readonly messages: readonly SampleEvent[] };
    const responses = messages.map((event, i) => {
      const xactionId = `1565638336649:1750-${i}`;
      return isRefused(event) ? { xactionId, status: 400, message: 'an amount is negative' } : { xactionId };
    });
    const taken = messages.filter(event => !isRefused(event));
    const answer = { inletId: 'demo', batchId: '1565638336649:1750', receivedTimeMs: RECEIVED_MS, responses };
    return { taken, refused: messages.length - taken.length, status: 207, answer };
  },
};
