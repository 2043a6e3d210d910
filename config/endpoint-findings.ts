import { type FaultCode, Findings, type NoteKind, type Origin } from './findings.ts';
import type { EndpointSection } from './schema/endpoint-section.ts';
import { ENDPOINTS } from './schema/plain-key.ts';

interface Said {
  readonly origin: Origin;
  readonly shown: string | null;
  readonly text: string;
}
type SaidFault = Said & { readonly code: FaultCode };
type SaidNote = Said & { readonly kind: NoteKind };

/** What reading one endpoint has to say. Keys that it has of all endpoints are read once for each of them. */
class Recorder extends Findings {
  readonly saidFaults: SaidFault[] = [];
  readonly saidNotes: SaidNote[] = [];
  readonly #whole: Findings;

  constructor(whole: Findings) {
    super();
    this.#whole = whole;
  }

  override fault(code: FaultCode, origin: Origin, text: string, shown = origin.key): void {
    this.saidFaults.push({ code, origin, text, shown });
  }

  override note(kind: NoteKind, origin: Origin, text: string, shown = origin.key): void {
    this.saidNotes.push({ kind, origin, text, shown });
  }

  override became(origin: Origin, what: string): void {
    this.#whole.became(origin, what);
  }

  override get failed(): boolean {
    return this.#whole.failed || this.saidFaults.length > 0;
  }
}

/**
 * Reads each endpoint, and tells what was found: a fault of a key of all endpoints with the aliases that it holds for, where it does
 * not for all; that such a key has no effect only where it has none for any.
 */
export function readEach<T>(
  endpoints: readonly EndpointSection[],
  findings: Findings,
  read: (endpoint: EndpointSection, findings: Findings) => T,
): readonly T[] {
  const recorders = endpoints.map(() => new Recorder(findings));
  const results = endpoints.map((endpoint, index) => read(endpoint, recorders[index]!));
  tellFaults(endpoints, recorders, findings);
  tellNotes(endpoints, recorders, findings);
  return results;
}

function tellFaults(endpoints: readonly EndpointSection[], recorders: readonly Recorder[], findings: Findings): void {
  const told = new Map<string, { readonly fault: SaidFault; readonly of: Set<EndpointSection> }>();
  for (const [index, { saidFaults }] of recorders.entries()) {
    for (const fault of saidFaults) {
      const id = JSON.stringify([fault.origin, fault.shown, fault.text]);
      const known = told.get(id) ?? { fault, of: new Set() };
      known.of.add(endpoints[index]!);
      told.set(id, known);
    }
  }
  for (const { fault, of } of told.values()) {
    const { code, origin, text, shown } = fault;
    const concerned = [...of];
    const isPlain = concerned.length === endpoints.length || concerned.some(one => one.isOwn(origin));
    const which = isPlain ? '' : ` (for ${concerned.map(({ alias }) => alias).join(', ')} of endpoints)`;
    findings.fault(code, origin, text + which, shown);
  }
}

function tellNotes(endpoints: readonly EndpointSection[], recorders: readonly Recorder[], findings: Findings): void {
  const asked = endpoints.map(originsAskedFor);
  const ignored = recorders.map(
    ({ saidNotes }) => new Set(saidNotes.flatMap(({ kind, origin }) => (kind === 'ignored' ? [origin] : []))),
  );
  for (const { saidNotes } of recorders) {
    for (const { kind, origin, text, shown } of saidNotes) {
      const isHeeded = asked.some((origins, index) => origins.has(origin) && ignored[index]?.has(origin) !== true);
      if (kind !== 'ignored' || !isHeeded) findings.note(kind, origin, text, shown);
    }
  }
}

/** Of the keys of all endpoints, those that have none of its own in their place. */
function originsAskedFor({ section, own }: EndpointSection): ReadonlySet<Origin> {
  return new Set(section.written.flatMap(([key, { origin }]) => (own.has(key) || isOfOne(key) ? [] : [origin])));
}

function isOfOne(key: string): boolean {
  return key.startsWith(ENDPOINTS);
}
