import { isUtf8 } from 'node:buffer';
import type { FastifyRequest } from 'fastify';
import { JsonReader, JsonSyntaxError } from '../../connector/data/json-parse.ts';
import type { Value } from '../../connector/data/model.ts';
import { isNumeric } from '../../connector/data/scalars.ts';
import { RestError } from './rest-error.ts';

/** Members of one object; a connector has some hundred keys at most. */
const MOST_MEMBERS = 10_000;
/** What is no key of anything, and leads into what all objects have. */
const PROTOTYPE_NAMES = new Set(['__proto__', 'constructor', 'prototype']);
/** Of a body that is no JSON, or that is not what is asked for: as Kafka Connect, where Jackson's exceptions have no mapping. */
const UNREADABLE = 500;

export type JsonObject = ReadonlyMap<string, Value>;

/**
 * The body of a request as a JSON object, its members in the order written, the last of repeated ones.
 *
 * @param known all members that it may have; without, any
 * @throws RestError also when it is nested deeper than 1,000 levels
 */
export function objectOf({ body, headers }: FastifyRequest, known?: readonly string[]): JsonObject {
  const bytes = body as Buffer;
  if (bytes.byteLength > 0 && !isJson(headers['content-type']))
    throw new RestError(415, 'HTTP 415 Unsupported Media Type');
  const object = asObject(parsed(bytes), 'The request body');
  const strange = known === undefined ? undefined : [...object.keys()].find(name => !known.includes(name));
  if (strange !== undefined) throw new RestError(UNREADABLE, `Unrecognized field "${strange}" in the request body`);
  return object;
}

/** A page of elsewhere can send no such type without asking before. */
function isJson(contentType: string | undefined): boolean {
  return contentType !== undefined && /^\s*application\/json\s*(?:;|$)/i.test(contentType);
}

function parsed(bytes: Buffer): Value {
  if (bytes.byteLength === 0) throw new RestError(UNREADABLE, 'The request body is missing');
  try {
    if (!isUtf8(bytes)) throw new JsonSyntaxError();
    return new JsonReader().read(bytes.toString());
  } catch (error) {
    if (!(error instanceof JsonSyntaxError)) throw error;
    throw new RestError(UNREADABLE, 'The request body is not JSON');
  }
}

/** @param what begins the sentence that says what is wrong */
export function asObject(value: Value | undefined, what: string): JsonObject {
  if (!(value instanceof Map)) throw new RestError(UNREADABLE, `${what} is not a JSON object`);
  if (value.size > MOST_MEMBERS) throw new RestError(400, `${what} has more than ${MOST_MEMBERS} members`);
  for (const name of value.keys()) {
    if (PROTOTYPE_NAMES.has(name as string)) throw new RestError(400, `${what} has a member "${name}"`);
  }
  return value as JsonObject;
}

/**
 * Texts, as Jackson reads a map of strings: numbers as they are written, true and false as words.
 *
 * @param what begins the sentence that says what is wrong
 */
export function textsOf(object: JsonObject, what: string): Readonly<Record<string, string | null>> {
  return Object.fromEntries([...object].map(([name, value]) => [name, textOf(value, `${what}'s member "${name}"`)]));
}

/** @param what begins the sentence that says what is wrong */
export function textOf(value: Value | undefined, what: string): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean' || isNumeric(value)) return String(value);
  throw new RestError(UNREADABLE, `${what} is neither text nor a number nor true or false`);
}
