import assert from 'node:assert/strict';
import { describe, it, test } from 'node:test';
import fc from 'fast-check';
import { DIALECTS, namesOf } from '../../../config/dialects/choose.ts';
import type { Dialect } from '../../../config/dialects/dialect.ts';
import { isKeyOfDialect } from '../../../config/dialects/translate.ts';
import { renderMigrating } from '../../../config/migrating.ts';
import type { KeySpec } from '../../../config/schema/key-spec.ts';
import { matchesKey } from '../../../config/schema/named-key.ts';
import { faultsOf, type Keys, textsOf } from '../written.ts';
import { explainTexts } from './explained.ts';

const specsOf = ({ keys }: Dialect): readonly KeySpec<unknown>[] => Object.values(keys);
const isDocumented = ({ isDocumented: of }: Dialect, key: string): boolean => of?.(key) ?? true;
/** `api2.topics` and `api1.topics` are of one series. */
const seriesOf = (key: string): string => key.replaceAll(/\d+/g, '#');

/** Behind "the key …", or behind "the key … has no effect: ": small, no full stop, not empty. */
function assertClause(text: string, told: string): void {
  assert.match(text, /^[\p{Ll}\p{Lu}`${][^\n]*[^\s.,;:]$/u, told);
  assert.doesNotMatch(text, /\b(?:TODO|TBD|FIXME)\b|\s{2}/, told);
}

test('no two vendors have one class', () => {
  const classes = DIALECTS.flatMap(({ classes: names }) => names);
  assert.deepEqual([...new Set(classes)], classes);
  for (const name of classes) assert.match(name, /^(?:[\w$]+\.)*[\w$]+$/, name);
  assert(!classes.includes('tailrace.HttpSink'));
});

test('those that share a short name of a class are told apart by keys', () => {
  for (const dialect of DIALECTS) {
    for (const name of dialect.classes.flatMap(namesOf)) {
      const others = DIALECTS.filter(other => other !== dialect && other.classes.flatMap(namesOf).includes(name));
      for (const other of others) {
        assert(dialect.markers.length > 0 && other.markers.length > 0, `${dialect.title} and ${other.title}: ${name}`);
        assert.notDeepEqual(dialect.markers, other.markers);
      }
    }
  }
});

for (const dialect of DIALECTS) {
  const { title, families = [], ignored, refused, markers, guide } = dialect;
  const specs = specsOf(dialect);

  describe(title, () => {
    it('has a title, a class, and keys', () => {
      assert.match(title, /\S/);
      assert(dialect.classes.length > 0 && specs.length > 0);
    });

    it('is marked by keys of its own, which are neither ours nor Kafka Connect’s', () => {
      for (const key of markers) assert(isKeyOfDialect(dialect, key), key);
      const ours = ['name', 'topics', 'http.url', 'tasks.max', 'errors.tolerance', 'batch.max.records'];
      for (const key of ours) assert(!markers.includes(key), key);
    });

    it('has each key once, and each variable', () => {
      for (const name of ['key', 'env'] as const) {
        const all = specs.map(spec => spec[name]);
        assert.deepEqual([...new Set(all)], all, name);
      }
      for (const { key, env } of specs) assert.equal(env, key.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_'));
    });

    it('documents each key, but for further ones of a series', () => {
      for (const { key, doc, group } of specs) {
        assert.match(doc, /^.*[.:`)]$/s, `${key}: ${doc}`);
        assert(doc.trim() !== '' && !/\s{2}|\bTODO\b/.test(doc), key);
        assert.match(group, /\S/, key);
        if (isDocumented(dialect, key)) continue;
        const first = specs.some(
          other => other.key !== key && seriesOf(other.key) === seriesOf(key) && isDocumented(dialect, other.key),
        );
        assert(first, `${key} is hidden, and nothing stands for it`);
      }
    });

    it('has defaults that its own formats take', () => {
      for (const spec of specs) {
        if (spec.default === null) continue;
        assert(!spec.required, spec.key);
        assert.doesNotThrow(() => spec.read(null), spec.key);
        assert.deepEqual(spec.read(spec.default), spec.read(null), spec.key);
      }
    });

    it('keeps its lists apart', () => {
      const lists = [...ignored, ...refused];
      for (const { key } of specs) {
        const listed = lists.find(named => matchesKey(named.key, key));
        assert.equal(listed, undefined, `${key} stands in the table and in a list`);
      }
      for (const named of ignored) assert(!refused.some(({ key }) => key === named.key), named.key);
      const named = lists.map(({ key }) => key);
      assert.deepEqual([...new Set(named)], named);
      for (const { prefix, doc } of families) {
        assert.match(prefix, /[.-_]$/);
        assert.match(doc, /\.$/);
      }
    });

    it('says of each key that has no effect, or is refused, why', () => {
      for (const { key, text } of ignored) assertClause(text, `${key} has no effect: ${text}`);
      for (const { key, text } of refused) {
        assertClause(text, `${key} ${text}`);
        assert.match(
          text,
          /^(?:is|are|must|can|needs|has|holds|says|belongs|would|asks|makes|takes)\b/,
          `${key} ${text}`,
        );
      }
    });

    it('guides who comes from there', () => {
      for (const [part, items] of Object.entries(guide)) {
        assert(items.length > 0, part);
        for (const item of items) {
          assert.match(item, /^[\p{Lu}`].*[.)`]$/su, item);
          assert.equal((item.match(/`/g) ?? []).length % 2, 0, item);
        }
        assert.deepEqual([...new Set(items)], items);
      }
      const rendered = renderMigrating();
      assert(rendered.includes(`\n## ${title}\n`));
      for (const { key } of specs) if (isDocumented(dialect, key)) assert(rendered.includes(`\`${key}\``), key);
    });

    it('shows no secret, whatever it stands in', () => {
      const secrets = specs.filter(({ sensitive }) => sensitive);
      const all = Object.fromEntries(secrets.map(({ key }) => [key, 'geheim-secret']));
      const explained = explainTexts({ 'http.url': null, 'connector.class': dialect.classes[0]!, ...all });
      for (const { key } of secrets) assert(explained.has(key), key);
      // A user's name is shown wherever it stands, that of a JAAS configuration too.
      const shown = JSON.stringify([...explained]).replaceAll(/sasl\.username=[^"]*/g, '');
      assert.doesNotMatch(shown, /geheim/);
      const lines = faultsOf(textsOf({ connector: { 'connector.class': dialect.classes[0]!, ...all } }));
      assert.doesNotMatch(JSON.stringify(lines), /geheim/);
      for (const { key } of secrets) {
        const connector = { 'connector.class': dialect.classes[0]! };
        const faults = faultsOf(textsOf({ connector, overrides: [`${key}=geheim`] }));
        assert(
          faults.some(({ code, message }) => code === 'forbidden' && /is secret/.test(message)),
          key,
        );
      }
    });

    it('takes whatever is written for its keys, or says what is wrong with it', () => {
      const key = fc.constantFrom(...specs.map(spec => spec.key), ...families.map(({ prefix }) => `${prefix}x`));
      const words = [
        '',
        ' ',
        'true',
        'all',
        '-1',
        '0',
        '1',
        '9999999999',
        'a:b|c',
        '{{value}}',
        '${key}',
        '${',
        '{"a":1}',
        'https://h/',
      ];
      const value = fc.oneof(fc.constantFrom(...words), fc.string({ unit: 'grapheme-ascii', maxLength: 20 }));
      const written = fc.dictionary(key, value, { maxKeys: 12 });
      fc.assert(
        fc.property(written, lines => {
          const connector: Keys = { 'http.url': null, 'connector.class': dialect.classes[0]!, ...lines };
          for (const { message, key: told } of faultsOf(textsOf({ connector }))) assert(message !== '' && told !== '');
        }),
        { numRuns: 150 },
      );
    });
  });
}
