import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { before, describe, test } from 'node:test';
import { kafkaSuite } from '../kafka/suite.ts';
import type { Vendor } from './peers/case.ts';
import { assertOutcome } from './peers/compare.ts';
import { type Outcome, runVendor } from './peers/run.ts';
import { VENDORS } from './peers/vendors.ts';
import { PEERS } from './samples.ts';

/** ONLY=vendor/case, or the beginning of it, runs those alone. */
const ONLY = process.env['ONLY'] ?? '';

function chosen(vendor: Vendor): Vendor {
  const cases = Object.entries(vendor.cases).filter(([name]) => `${vendor.name}/${name}`.startsWith(ONLY));
  return { ...vendor, cases: Object.fromEntries(cases) };
}

function directoriesIn(place: string): string[] {
  const entries = readdirSync(join(PEERS, place), { withFileTypes: true });
  return entries.filter(entry => entry.isDirectory() && entry.name !== 'secrets').map(({ name }) => name);
}

test("each directory of a peer's files is a case, and each case has one", () => {
  const tables = VENDORS.map(({ name, cases }) => [name, Object.keys(cases).sort()]);
  const files = directoriesIn('').map(name => [name, directoriesIn(name).sort()]);
  assert.deepEqual(Object.fromEntries(tables), Object.fromEntries(files));
});

await kafkaSuite(
  "peers' own files, from end to end",
  '4',
  ground => {
    for (const vendor of VENDORS.map(chosen).filter(({ cases }) => Object.keys(cases).length > 0)) {
      describe(vendor.name, () => {
        let outcomes: ReadonlyMap<string, Outcome>;
        before(async () => {
          outcomes = await runVendor(ground.node, vendor);
        });
        for (const [name, peerCase] of Object.entries(vendor.cases)) {
          test(name, () => assertOutcome(peerCase, outcomes.get(name)!));
        }
      });
    }
  },
  // Records and dead letters may be of any time.
  { properties: { 'log.retention.ms': '-1' } },
);
