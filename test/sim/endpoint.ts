import { TransportError } from '../../connector/errors.ts';
import type { HttpRequest, HttpResponse, HttpTransport } from '../../connector/ports.ts';
import type { Signal } from '../../connector/scope.ts';
import type { Host } from './host.ts';
import { type LogRecord, type PartitionLog, REFUSED } from './log.ts';
import type { SeededRandom } from './random.ts';
import { GONE, type Routing } from './routing.ts';
import type { Scheduler } from './scheduler.ts';
import { Violation } from './violation.ts';

/** What an endpoint does for a while, whatever it is asked. */
export type Spell = 'down' | 'stall' | '5xx' | '429' | '401' | '403' | 'html' | 'redirect' | 'missing' | 'token-5xx';

export interface EndpointFaults {
  /** Milliseconds of a usual exchange. */
  latencyMs: number;
  /** How often an exchange takes up to 120 s. */
  tail: number;
  requestLost: number;
  replyLost: number;
  /** How often a token is up to 20 s in coming. */
  tokenSlow: number;
  /** A proxy sends the request twice. */
  duplicated: number;
  /** A single 5xx, 408 or 429, now and then. */
  statusNow: number;
  /** Of the answers with a 5xx: how many come after the records were taken. */
  takenBefore5xx: number;
  /** A single web page with 200, an empty redirect, a torn per-record answer. */
  shape: number;
  /** A per-record answer in which some records are to be tried again. */
  partial: number;
  /** The partition whose records no request may carry: 503, or no answer at all. -1: none. */
  stuck: number;
  /** The same of a destination, as records tell it: no request that carries one of them. */
  stuckTo: number;
  stuckHangs: boolean;
  /** The path of an endpoint that is out of order, and what it answers then; null: none is. */
  stuckAt: string | null;
  stuckStatus: number;
}

export const HEALTHY: EndpointFaults = {
  latencyMs: 20,
  tail: 0,
  requestLost: 0,
  replyLost: 0,
  tokenSlow: 0,
  duplicated: 0,
  statusNow: 0,
  takenBefore5xx: 0,
  shape: 0,
  partial: 0,
  stuck: -1,
  stuckTo: -1,
  stuckHangs: false,
  stuckAt: null,
  stuckStatus: 503,
};

/** A record inside a request. */
export interface Carried {
  readonly log: PartitionLog;
  readonly ordinal: number;
  readonly record: LogRecord;
}

export interface DataRequest {
  readonly id: number;
  readonly carried: readonly Carried[];
  readonly body: string;
  readonly sent: Pick<HttpRequest, 'method' | 'url' | 'headers'>;
}

/** What the answer that the worker now gets says about the records; `settled` when the attempt is over in any way. */
export interface AttemptEnd {
  readonly status: number | null;
  readonly confirmed: readonly Carried[];
  readonly refused: readonly Carried[];
}

export interface TransportHooks {
  readonly starts: (request: DataRequest) => void;
  readonly applied: (request: DataRequest, carried: Carried, byProxy: boolean) => void;
  readonly ends: (request: DataRequest, end: AttemptEnd) => void;
  readonly tokenStarts: () => void;
  readonly tokenEnds: () => void;
  readonly mark: (name: string) => void;
}

interface Answer extends AttemptEnd {
  readonly response: Omit<HttpResponse, 'bodySent'>;
}

const KEY = /"k":"(\d+)\/(\d+)"/g;
const KEY_IN_PATH = /\b(\d+)\/(\d+)\b/g;
const NOTHING: readonly Carried[] = [];
const PAGE = '<!DOCTYPE html><html><body>Please sign in</body></html>';

/** The simulated endpoint, its token route beside it: a durable set of records, and every way to answer wrongly. */
export class SimEndpoint {
  faults: EndpointFaults = { ...HEALTHY };
  readonly #scheduler: Scheduler;
  readonly #random: SeededRandom;
  readonly #logs: readonly PartitionLog[];
  readonly #spells = new Map<Spell, number>();
  /** Whether poison is answered per record (207) or for the request as a whole (400). */
  readonly #perRecord: boolean;
  readonly #maxBytes: number;
  readonly #oauth: boolean;
  readonly #tokenPath: string;
  readonly #routing: Routing | null;
  #tokens = 0;
  /** Tokens below this one are no longer accepted. */
  #revokedBelow = 0;
  #requests = 0;

  constructor(parts: {
    scheduler: Scheduler;
    random: SeededRandom;
    logs: readonly PartitionLog[];
    perRecord: boolean;
    maxBytes: number;
    oauth: boolean;
    tokenPath: string;
    routing: Routing | null;
  }) {
    this.#scheduler = parts.scheduler;
    this.#random = parts.random;
    this.#logs = parts.logs;
    this.#perRecord = parts.perRecord;
    this.#maxBytes = parts.maxBytes;
    this.#oauth = parts.oauth;
    this.#tokenPath = parts.tokenPath;
    this.#routing = parts.routing;
  }

  /** From now on, for `ms`. */
  cast(spell: Spell, ms: number): void {
    this.#spells.set(spell, this.#scheduler.now + ms);
    if (spell === '401') this.#revokedBelow = this.#tokens + 1;
  }

  heal(): void {
    this.faults = { ...HEALTHY };
    this.#spells.clear();
  }

  /** The transport of one process. */
  transport(host: Host, hooks: TransportHooks): HttpTransport {
    return {
      send: (request, { signal }) =>
        new Promise((resolve, reject) => new Exchange(this, host, hooks, request, signal, resolve, reject)),
      close: async () => {},
    };
  }

  // ---- what an exchange asks

  get scheduler(): Scheduler {
    return this.#scheduler;
  }

  get random(): SeededRandom {
    return this.#random;
  }

  under(spell: Spell): boolean {
    return (this.#spells.get(spell) ?? -1) > this.#scheduler.now;
  }

  /** It carries a record of the partition that is stuck, or goes where nothing is taken. */
  isStuck({ carried, sent }: DataRequest): boolean {
    const { stuck, stuckTo, stuckAt } = this.faults;
    if (stuckAt !== null && sent.url.pathname === stuckAt) return true;
    if (stuckTo >= 0 && carried.some(({ record }) => record.told?.to === stuckTo)) return true;
    return stuck >= 0 && carried.some(({ log }) => log.index === stuck);
  }

  isToken(request: HttpRequest): boolean {
    return request.url.pathname === this.#tokenPath;
  }

  read(request: HttpRequest): DataRequest {
    const body = request.body.toString('utf8');
    const carried: Carried[] = [];
    for (const [, p, o] of body === '' ? pathOf(request).matchAll(KEY_IN_PATH) : body.matchAll(KEY)) {
      const log = this.#logs[Number(p)]!;
      const ordinal = Number(o);
      carried.push({ log, ordinal, record: log.records[ordinal]! });
    }
    return { id: ++this.#requests, carried, body, sent: request };
  }

  latency(): number {
    const { latencyMs, tail } = this.faults;
    if (this.#random.chance(tail)) return this.#random.logInt(500, 120_000);
    return latencyMs * this.#random.between(0.2, 2);
  }

  answerToken(): Answer {
    if (this.under('token-5xx') || this.under('down')) return answer(this.#random.pick([500, 503, 429, 400]));
    const token = `token-${++this.#tokens}`;
    const body = { access_token: token, token_type: 'Bearer', expires_in: this.#random.int(40, 600) };
    return answer(200, {}, JSON.stringify(body));
  }

  /** The request has arrived: what becomes of it. `apply` takes a record. */
  answerData(
    request: HttpRequest,
    data: DataRequest,
    apply: (carried: Carried) => void,
    hooks: TransportHooks,
  ): Answer {
    const { faults } = this;
    const random = this.#random;
    if (this.isStuck(data)) return answer(faults.stuckStatus);
    if (this.under('403')) return answer(403);
    if (this.under('missing')) return this.#miss(data, apply);
    if (this.under('401') && !this.#oauth) return answer(401);
    if (this.#oauth && !this.#accepts(request)) {
      hooks.mark('token refused');
      return answer(401);
    }
    if (this.under('html') || random.chance(faults.shape / 3)) {
      hooks.mark('web page with 200');
      return answer(200, { 'content-type': 'text/html' }, PAGE);
    }
    if (this.under('redirect') || random.chance(faults.shape / 3)) {
      hooks.mark('redirect');
      return answer(302, { location: 'http://portal.example/' });
    }
    if (this.under('429')) return answer(429, this.#retryAfter());
    if (this.under('5xx') || random.chance(faults.statusNow)) {
      const status = random.pick([500, 502, 503, 504, 408, 429, 520]);
      if (status !== 429 && status !== 408 && random.chance(faults.takenBefore5xx)) {
        hooks.mark('taken, then 5xx');
        if (!data.carried.some(({ record }) => REFUSED.has(record.kind))) data.carried.forEach(apply);
      }
      return answer(status, this.#retryAfter());
    }
    return this.#judge(data, apply, hooks);
  }

  #judge(data: DataRequest, apply: (carried: Carried) => void, hooks: TransportHooks): Answer {
    const { carried, body } = data;
    const random = this.#random;
    if (body.length > this.#maxBytes || carried.some(({ record }) => record.kind === 'heavy')) {
      hooks.mark('413');
      return answer(413, {}, '', [], carried.length === 1 ? carried : NOTHING);
    }
    const poisoned = carried.some(({ record }) => isPoison(record));
    const partial = random.chance(this.faults.partial);
    if (this.#perRecord && (poisoned || partial)) return this.#multiStatus(carried, partial, apply, hooks);
    if (poisoned) {
      hooks.mark('400');
      return answer(random.pick([400, 422]), {}, '', [], carried.length === 1 ? carried : NOTHING);
    }
    carried.forEach(apply);
    return answer(random.pick(this.#isGone(data) ? GONE : [200, 201, 202, 204]), {}, '', carried);
  }

  /** A DELETE that may be answered with that there is nothing: it counts as done. */
  #isGone(data: DataRequest): boolean {
    return this.#routing?.gone === true && deletes(data) && this.#random.chance(0.5);
  }

  /** Nothing is there: of all that it serves, or, where a record says what it goes to, for that record. */
  #miss(data: DataRequest, apply: (carried: Carried) => void): Answer {
    const { carried } = data;
    if (deletes(data) && this.#routing?.gone === true) {
      carried.forEach(apply);
      return answer(this.#random.pick(GONE), {}, '', carried);
    }
    const isOne = carried.length === 1 && (deletes(data) || this.#routing?.ofRecord === true);
    return answer(404, {}, '', NOTHING, isOne ? carried : NOTHING);
  }

  #multiStatus(
    carried: readonly Carried[],
    partial: boolean,
    apply: (carried: Carried) => void,
    hooks: TransportHooks,
  ): Answer {
    hooks.mark('207');
    if (this.#random.chance(this.faults.shape / 3)) {
      hooks.mark('refused as a whole, record by record');
      const status = this.#random.pick([401, 403, 404, 302]);
      return answer(207, {}, JSON.stringify(carried.map(() => ({ status }))));
    }
    const confirmed: Carried[] = [];
    const refused: Carried[] = [];
    const statuses = carried.map(one => {
      if (isPoison(one.record)) {
        refused.push(one);
        return { status: 400 };
      }
      if (partial && this.#random.chance(0.3)) return { status: this.#random.pick([503, 429, 500]) };
      apply(one);
      confirmed.push(one);
      return { status: 200 };
    });
    if (this.#random.chance(this.faults.shape / 3)) {
      hooks.mark('torn per-record answer');
      return answer(207, {}, JSON.stringify(statuses.slice(1)));
    }
    return answer(207, { 'content-type': 'application/json' }, JSON.stringify(statuses), confirmed, refused);
  }

  #accepts(request: HttpRequest): boolean {
    const [, number] = /^Bearer token-(\d+)$/.exec(request.headers['authorization'] ?? '') ?? [];
    return number !== undefined && Number(number) >= this.#revokedBelow;
  }

  #retryAfter(): Record<string, string> {
    const random = this.#random;
    if (random.chance(0.5)) return {};
    return { 'retry-after': random.pick(['0', '1', '5', '20', '999999999999', 'soon', '']) };
  }
}

function pathOf({ url }: HttpRequest): string {
  return decodeURIComponent(url.pathname);
}

function deletes({ carried, sent }: DataRequest): boolean {
  return sent.method === 'DELETE' && carried[0]?.record.value === null;
}

function isPoison({ kind }: LogRecord): boolean {
  return kind === 'poison' || kind === 'undeletable';
}

function answer(
  status: number,
  headers: Record<string, string> = {},
  body = '',
  confirmed: readonly Carried[] = NOTHING,
  refused: readonly Carried[] = NOTHING,
): Answer {
  return { status, confirmed, refused, response: { status, headers, body: Buffer.from(body), complete: true } };
}

/** One attempt on its way: there, taken or not, and back or not. */
class Exchange {
  readonly #endpoint: SimEndpoint;
  readonly #host: Host;
  readonly #hooks: TransportHooks;
  readonly #request: HttpRequest;
  readonly #signal: Signal;
  readonly #resolve: (response: HttpResponse) => void;
  readonly #reject: (error: Error) => void;
  /** Null on the token route. */
  readonly #data: DataRequest | null;
  #over = false;

  constructor(
    endpoint: SimEndpoint,
    host: Host,
    hooks: TransportHooks,
    request: HttpRequest,
    signal: Signal,
    resolve: (response: HttpResponse) => void,
    reject: (error: Error) => void,
  ) {
    this.#endpoint = endpoint;
    this.#host = host;
    this.#hooks = hooks;
    this.#request = request;
    this.#signal = signal;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#data = endpoint.isToken(request) ? null : endpoint.read(request);
    if (signal.aborted) {
      reject(new TransportError('the request was given up', 'ABORTED', true, false));
      return;
    }
    signal.addEventListener('abort', this.#abort);
    if (this.#data === null) hooks.tokenStarts();
    else hooks.starts(this.#data);
    this.#travel();
  }

  #travel(): void {
    const { random, scheduler, faults } = this.#endpoint;
    if (this.#endpoint.under('down')) {
      this.#hooks.mark('connection refused');
      return this.#fail('ECONNREFUSED', random.between(0.5, 50), false);
    }
    if (this.#endpoint.under('stall')) return this.#hooks.mark('stall');
    if (faults.stuckHangs && this.#data !== null && this.#endpoint.isStuck(this.#data)) return;
    const slow = this.#data === null && faults.tokenSlow > 0 && random.chance(faults.tokenSlow);
    const latency = slow ? random.logInt(500, 20_000) : this.#endpoint.latency();
    if (slow) this.#hooks.mark('slow token');
    if (random.chance(faults.requestLost)) {
      this.#hooks.mark('request lost');
      if (random.chance(0.7)) this.#fail('ECONNRESET', latency, true);
      return;
    }
    scheduler.after(latency / 2, () => this.#arrive(latency / 2));
    if (this.#data !== null && random.chance(faults.duplicated)) {
      this.#hooks.mark('request sent twice by a proxy');
      scheduler.after(latency / 2 + random.between(0, 5_000), () => this.#arriveAgain());
    }
  }

  #arrive(backMs: number): void {
    const { random, faults } = this.#endpoint;
    this.#leave();
    const answer = this.#take(false);
    if (random.chance(faults.replyLost)) {
      this.#hooks.mark('reply lost');
      if (random.chance(0.7)) this.#fail('UND_ERR_SOCKET', backMs, true);
      return;
    }
    this.#host.post('loop', backMs, () => {
      if (!this.#end(answer)) return;
      const bodySent = random.chance(0.8);
      if (!bodySent) this.#leaveLater();
      this.#resolve({ ...answer.response, bodySent });
    });
  }

  /** The endpoint has answered early: the last bytes of the request leave only now. */
  #leaveLater(): void {
    const { random, scheduler } = this.#endpoint;
    this.#hooks.mark('answer before the end of the request');
    scheduler.after(random.between(0, 200), () => this.#leave());
  }

  /** The bytes that leave are those that the request was made of. */
  #leave(): void {
    if (this.#data === null || this.#request.body.toString('utf8') === this.#data.body) return;
    throw new Violation('I8', `a body changed while it was sent: ${this.#data.body.slice(0, 80)}`);
  }

  #arriveAgain(): void {
    this.#take(true);
  }

  #take(byProxy: boolean): Answer {
    const data = this.#data;
    if (data === null) return this.#endpoint.answerToken();
    const apply = (carried: Carried): void => this.#hooks.applied(data, carried, byProxy);
    return this.#endpoint.answerData(this.#request, data, apply, this.#hooks);
  }

  #fail(code: string, delay: number, ambiguous: boolean): void {
    this.#host.post('loop', delay, () => {
      if (this.#end(null)) this.#reject(new TransportError('the connection broke', code, true, ambiguous));
    });
  }

  readonly #abort = (): void => {
    if (this.#end(null)) this.#reject(new TransportError('the request was given up', 'ABORTED', true, true));
  };

  /** @returns false when it was over already. */
  #end(answer: AttemptEnd | null): boolean {
    if (this.#over) return false;
    this.#over = true;
    this.#signal.removeEventListener('abort', this.#abort);
    if (this.#data === null) this.#hooks.tokenEnds();
    else this.#hooks.ends(this.#data, answer ?? { status: null, confirmed: NOTHING, refused: NOTHING });
    return true;
  }
}
