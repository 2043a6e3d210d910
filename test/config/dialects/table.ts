import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { Dialect } from '../../../config/dialects/dialect.ts';
import { Secret } from '../../../config/secret.ts';
import type { Files } from '../../../config/source/files.ts';
import type { ConnectorConfig } from '../../../config/types.ts';
import { NO_FILES } from '../../support/files.ts';
import { connectorOf, faultsOf, type Keys, textsOf } from '../written.ts';
import type { Row } from './row.ts';

const SECRETS = fileURLToPath(new URL('../../../../test/conformance/files/peers/secrets/', import.meta.url));

/** `/s/…` is a file among the secrets of the peers' files. */
export const SECRET_FILES: Files = {
  ...NO_FILES,
  read: path => (path.startsWith('/s/') ? readFileSync(path.replace('/s/', SECRETS)) : NO_FILES.read(path)),
};

/** The part that a path of names leads to; a dot in a name is escaped. */
function partOf(config: ConnectorConfig, path: string): unknown {
  const names = path.split(/(?<!\\)\./).map(name => name.replaceAll('\\.', '.'));
  const found = names.reduce<unknown>(
    (part, name) => (part as Readonly<Record<string, unknown>> | null)?.[name],
    config,
  );
  return plain(found);
}

function plain(value: unknown): unknown {
  if (value instanceof Secret) return value.reveal();
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null || value instanceof URL) return value;
  return Object.fromEntries(Object.entries(value).map(([name, part]) => [name, plain(part)]));
}

/** `begins`: a text that begins so; an object: these parts of it. */
function assertPart(found: unknown, wanted: unknown, message: string): void {
  if (typeof wanted !== 'object' || wanted === null || Array.isArray(wanted)) {
    assert.deepEqual(found, wanted, message);
  } else if ('begins' in wanted) {
    assert.ok(String(found).startsWith(String(wanted.begins)), `${message}: ${String(found).slice(0, 40)}`);
  } else if ('kind' in wanted && 'pointer' in wanted) {
    const { kind, pointer } = found as { readonly kind: string; readonly pointer?: readonly string[] };
    assert.deepEqual({ kind, pointer: pointer ?? [] }, wanted, message);
  } else assert.deepEqual(found, wanted, message);
}

function assertParts(config: ConnectorConfig, parts: Readonly<Record<string, unknown>>, told: string): void {
  for (const [path, wanted] of Object.entries(parts)) assertPart(partOf(config, path), wanted, `${told}: ${path}`);
}

/**
 * A row for each key of the vendor: what the configuration is without it and with it, and what is refused.
 * @param base a file that is valid
 */
export function testTable(dialect: Dialect, rows: readonly Row[], base: Keys): void {
  const read = (keys: Keys): ConnectorConfig =>
    connectorOf({ 'http.url': null, ...base, ...keys }, { files: SECRET_FILES });

  test(`${dialect.title}: the table has a row for each key`, () => {
    const keys = Object.values(dialect.keys).map(({ key }) => key);
    assert.deepEqual(rows.map(({ key }) => key).sort(), [...keys].sort());
  });

  for (const { key, beside = {}, unset, written, faults = [] } of rows) {
    test(`${dialect.title}: ${key}`, () => {
      if (Object.keys(unset).length > 0) assertParts(read(beside), unset, `without ${key}`);
      for (const [text, parts] of written) assertParts(read({ ...beside, [key]: text }), parts, `${key}=${text}`);
      for (const [text, message, others = {}] of faults) {
        const connector = { 'http.url': null, ...base, ...beside, ...others, [key]: text };
        const told = faultsOf(textsOf({ connector, files: SECRET_FILES }));
        const lines = told.map(fault => `${fault.code} ${fault.key} ${fault.message}`);
        assert.ok(
          lines.some(line => message.test(line)),
          `${key}=${text} should be refused with ${message}: ${lines.join('\n') || 'nothing'}`,
        );
        assert.doesNotMatch(lines.join('\n'), /geheim/);
      }
    });
  }
}
