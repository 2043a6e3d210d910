import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { command, enter, WORKER } from '../worker/cli/real.ts';
import { overflow, violations } from './axe.ts';
import { picture, SIZES, skipWithoutChromium, startChromium, visit } from './chromium.ts';

const skip = await skipWithoutChromium();
const browser = skip === false ? await startChromium(after) : null!;
const RECORDS = Array.from({ length: 2_000 }, (_, id) => `${JSON.stringify({ id, text: 'x'.repeat(id % 200) })}\n`);

test("tune's report is whole in a file, and readable: light and dark, at a desk and on a phone", {
  skip,
  timeout: 240_000,
}, async t => {
  enter(t, {
    'worker.properties': WORKER,
    'sink.properties':
      'name=orders\nconnector.class=HttpSink\ntopics=orders\nhttp.url=https://collector.example.org/in\n',
    'records.ndjson': RECORDS.join(''),
  });
  const measured = [
    '--simulate',
    'latency=10ms,per-record=20us,workers=4',
    '--max-in-flight',
    '16',
    '--max-time',
    '20s',
  ];
  const files = ['--file', 'records.ndjson', '--report', 'report.html', 'worker.properties', 'sink.properties'];
  const { code, err } = await command(['tune', ...measured, ...files]);
  assert.equal(code, 0, err);
  const url = String(pathToFileURL('report.html'));
  for (const colorScheme of ['light', 'dark'] as const) {
    for (const [size, viewport] of Object.entries(SIZES)) {
      const where = `tuning-${size}-${colorScheme}`;
      const { page, complaints, requests } = await visit(browser, url, { colorScheme, viewport });
      assert.equal(requests.length, 1, 'nothing but the file itself');
      assert.deepEqual(await violations(page), [], where);
      assert((await overflow(page)) <= 0, `${where} is too wide`);
      const plots = await page.locator('svg[role="img"]').all();
      assert(plots.length >= 3);
      for (const plot of plots) assert((await plot.locator('circle, path').count()) > 2, 'a plot has points or lines');
      assert.match((await page.locator('pre').textContent()) ?? '', /^batch\.max\.records=\d+$/m);
      await picture(page, where);
      assert.deepEqual(complaints, [], where);
      await page.context().close();
    }
  }
});
