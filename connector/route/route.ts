import type { Macro } from '../../config/route/types.ts';
import type { ConnectorConfig, ValuesConfig } from '../../config/types.ts';
import type { BodyFormat } from '../batch.ts';
import {
  type Block,
  type Destination,
  FLAG_CHECKED,
  FLAG_FILTERED,
  FLAG_INVALID,
  FLAG_NULL,
  FLAG_OVERSIZE,
  FLAG_RAW_NEWLINE,
  type Run,
} from '../block.ts';
import { createDataConverter } from '../converters/choose.ts';
import type { RecordError } from '../record-error.ts';
import { ValueWriter } from '../value-writer.ts';
import { type Body, createBody, createReplacedBody } from './body.ts';
import { isDestination } from './destinations.ts';
import { RecordView, type ViewOptions } from './record-view.ts';
import { createReplacer } from './replace.ts';
import { RequestTemplate } from './request-template.ts';

/** The stage between the transforms and the lanes: where each record goes, and what stands for it there. */
export interface Route {
  /** Derives a block with a destination for each record, and with other values where bodies are made by a template. */
  readonly apply: (block: Block) => Block;
  /** The columns that it looks at besides the values. */
  readonly needs: { readonly keys: boolean; readonly headers: boolean; readonly values: boolean };
  /** Values are to come as JSON, of whatever size: what is sent is made of them. */
  readonly makesBodies: boolean;
}

export type RouteParts = Pick<ConnectorConfig, 'http' | 'keyConverter' | 'valueConverter'> & {
  readonly values?: Pick<ValuesConfig, 'onString' | 'written'>;
  readonly format: Pick<BodyFormat, 'bare' | 'maxValueBytes'>;
  /** Monotonic milliseconds. */
  readonly now: () => number;
};

/** @returns null where all records make the same request */
export function createRoute(parts: RouteParts): Route | null {
  const { http, keyConverter, format } = parts;
  const { route } = http;
  if (route === null) return null;
  const plainKey = keyConverter.kind === 'string' && /^utf-?8$/i.test(keyConverter.encoding);
  const view = new RecordView({
    keyConverter: plainKey ? null : createDataConverter(keyConverter),
    values: kindOfValues(parts, route.body !== null),
  });
  const { method, headers, forward, configured, bodiless, batchKey } = route;
  const common = { headers, forward, configured, url: http.url, batchKey: null };
  const main = new RequestTemplate(
    { ...common, method, bodiless, removes: false, template: route.url, batchKey },
    view,
  );
  const remove =
    route.deleteUrl === null
      ? null
      : new RequestTemplate(
          { ...common, method: 'DELETE', bodiless: true, removes: true, template: route.deleteUrl },
          view,
        );
  const { maxValueBytes } = format;
  const template = route.body === null ? null : createBody(route.body, view);
  const replacer =
    route.replace === null ? null : createReplacer(route.replace, view, { maxLength: maxValueBytes, now: parts.now });
  const body = replacer === null ? template : createReplacedBody(replacer, template, maxValueBytes);
  const stage = new RouteStage({ view, main, remove, body, maxValueBytes });
  const kinds = [main, remove, body].flatMap(one => [...(one?.kinds ?? [])]);
  return {
    apply: block => stage.apply(block),
    needs: { keys: kinds.includes('key'), headers: kinds.includes('header'), values: kinds.includes('value') },
    makesBodies: template !== null,
  };
}

function kindOfValues({ valueConverter, format, values }: RouteParts, makesBodies: boolean): ViewOptions['values'] {
  const texts = valueConverter.kind === 'string' || valueConverter.kind === 'bytes';
  if (values?.onString === 'json' && values.written !== 'java') return 'json';
  const raw = texts || values?.onString === 'raw' || values?.written === 'java';
  if (format.bare && !makesBodies && raw) return 'texts';
  return texts ? 'quoted-texts' : 'json';
}

interface StageParts {
  readonly view: RecordView;
  readonly main: RequestTemplate;
  /** Of records without a value; null: they are none of its business. */
  readonly remove: RequestTemplate | null;
  readonly body: Body | null;
  readonly maxValueBytes: number;
}

const OF_RUN: ReadonlySet<Macro['kind']> = new Set(['topic', 'partition']);

/** What one block becomes. Columns are copied when the first record needs another entry. */
class RouteStage {
  readonly #parts: StageParts;
  readonly #perRun: boolean;
  readonly #writer = new ValueWriter();
  #block!: Block;
  #of = new Uint32Array(0);
  #table: Destination[] = [];
  readonly #indexOf = new Map<Destination, number>();
  #flags!: Uint8Array;
  #errors: Map<number, RecordError> | null = null;

  constructor(parts: StageParts) {
    this.#parts = parts;
    const { main, remove, body } = parts;
    this.#perRun = remove === null && body === null && [...main.kinds].every(kind => OF_RUN.has(kind));
  }

  apply(block: Block): Block {
    const { body } = this.#parts;
    this.#begin(block);
    for (const run of block.runs) {
      if (this.#perRun && block.transformed === undefined) this.#routeRun(run);
      else for (let index = run.start; index < run.end; index++) this.#routeRecord(run, index);
    }
    const { transformed: _, ...rest } = block;
    const others = this.#flags !== block.flags || body !== null;
    return {
      ...rest,
      ...(body !== null && this.#writer.finish()),
      flags: this.#flags,
      destinations: { of: this.#of, table: this.#table },
      ...(others && { original: block.original ?? block }),
      ...(this.#errors !== null && { errors: this.#errors }),
    };
  }

  #begin(block: Block): void {
    this.#block = block;
    this.#of = new Uint32Array(block.count);
    this.#table = [];
    this.#indexOf.clear();
    this.#flags = block.flags;
    this.#errors = null;
    if (this.#parts.body !== null) this.#writer.begin(block);
  }

  #routeRun(run: Run): void {
    const { view, main } = this.#parts;
    view.move(this.#block, run, run.start);
    const found = main.find();
    if (isDestination(found)) this.#of.fill(this.#numberOf(found), run.start, run.end);
    else for (let index = run.start; index < run.end; index++) this.#refuse(index, found);
    if (isDestination(found) && found.bodiless) for (let i = run.start; i < run.end; i++) this.#drop(i, FLAG_OVERSIZE);
  }

  #routeRecord(run: Run, index: number): void {
    const { view, main, remove, body } = this.#parts;
    const flags = this.#flags[index]!;
    const isNull = (flags & FLAG_NULL) !== 0;
    if ((flags & (FLAG_INVALID | FLAG_FILTERED)) !== 0 || (isNull && remove === null)) return this.#pass(index);
    view.move(this.#block, run, index);
    const found = (isNull && remove !== null ? remove : main).find();
    if (!isDestination(found)) {
      this.#refuse(index, found);
      return this.#pass(index);
    }
    this.#of[index] = this.#numberOf(found);
    if (found.bodiless) {
      this.#drop(index, FLAG_NULL | FLAG_OVERSIZE);
      if (body !== null) this.#writer.nothing();
    } else if (body !== null) this.#write(body, index);
  }

  /** A record that no request carries: it goes where the one before it goes, so that it parts nothing. */
  #pass(index: number): void {
    if (index > 0) this.#of[index] = this.#of[index - 1]!;
    if (this.#parts.body !== null) this.#writer.nothing();
  }

  #write(body: Body, index: number): void {
    const error = body.write(this.#writer, this.#block, index);
    const size = this.#writer.endPieces();
    this.#drop(index, FLAG_RAW_NEWLINE | FLAG_CHECKED);
    if (error !== null) this.#refuse(index, error);
    if (size > this.#parts.maxValueBytes) this.#flag(index, FLAG_OVERSIZE);
  }

  #refuse(index: number, error: RecordError): void {
    // What was refused before has its reason already.
    if ((this.#flags[index]! & (FLAG_INVALID | FLAG_FILTERED)) !== 0) return;
    this.#flag(index, FLAG_INVALID);
    this.#errors ??= new Map(this.#block.errors);
    this.#errors.set(index, error);
  }

  #numberOf(destination: Destination): number {
    const known = this.#indexOf.get(destination);
    if (known !== undefined) return known;
    const number = this.#table.push(destination) - 1;
    this.#indexOf.set(destination, number);
    return number;
  }

  #flag(index: number, flag: number): void {
    if ((this.#flags[index]! & flag) === flag) return;
    this.#own()[index]! |= flag;
  }

  #drop(index: number, flags: number): void {
    if ((this.#flags[index]! & flags) !== 0) this.#own()[index]! &= ~flags;
  }

  #own(): Uint8Array {
    if (this.#flags === this.#block.flags) this.#flags = this.#block.flags.slice();
    return this.#flags;
  }
}
