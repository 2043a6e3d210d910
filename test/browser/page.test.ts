import assert from 'node:assert/strict';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, describe, type TestContext, test } from 'node:test';
import bcrypt from 'bcryptjs';
import type { Page } from 'playwright-core';
import type { ConnectorView, WorkerView } from '../../worker/admin/page/model.ts';
import { age, brief, bytes, count, short } from '../../worker/admin/page/numbers.ts';
import type { TaskFact } from '../../worker/task/facts.ts';
import { asking } from '../worker/admin/asking.ts';
import { drawn, skipWithoutChromium, startChromium, visit } from './chromium.ts';
import { metric } from './metrics.ts';
import { flowing, MIXED, type Part, type Scene, SECRETIVE, startScene, steady } from './scene.ts';

const skip = await skipWithoutChromium();
const browser = skip === false ? await startChromium(after) : null!;

const STEPS = 181;

function pageOf({ running }: Scene, connector: string): string {
  return `${running.url}/page/connectors/${encodeURIComponent(connector)}`;
}

/** The figure of a tile, by its name. */
async function figure(page: Page, name: string): Promise<string> {
  const tile = page.locator('.tile', { has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) });
  return (await tile.locator('.figure').textContent())!.trim();
}

async function note(page: Page, name: string): Promise<string> {
  const tile = page.locator('.tile', { has: page.locator('dt', { hasText: new RegExp(`^${name}$`) }) });
  return (await tile.locator('.note').last().textContent())!.trim();
}

/** A page that looks again and again sees what is there now; the scene's own clock is what its data are of. */
async function lookAgain(scene: Scene): Promise<void> {
  scene.clock.advance(1_000);
}

describe('the page', { skip, timeout: 180_000, concurrency: 2 }, () => {
  test('what it shows is what /metrics says at the same moment', async t => {
    const scene = await startScene(t, MIXED, STEPS);
    const ask = asking(scene.running.url);
    const { text: metrics } = await ask('GET', '/metrics');
    for (const name of ['orders-eu', 'clickstream', 'audit-log', 'invoices']) {
      const { page, complaints } = await visit(browser, pageOf(scene, name), { javaScriptEnabled: false });
      const of = (metricName: string, labels = {}): number =>
        metric(metrics, metricName, { connector: name, ...labels }) ?? 0;
      assert.equal(await figure(page, 'Lag'), short(of('tailrace_partition_lag')), name);
      assert.equal(await figure(page, 'Retries'), short(of('kafka_connect_task_error_total_retries')));
      assert.equal(await figure(page, 'Waiting'), short(of('tailrace_partition_unresolved_records')));
      assert.equal(await figure(page, 'Uncommitted'), short(of('kafka_connect_sink_task_sink_record_active_count')));
      assert.equal(await figure(page, 'Memory'), bytes(of('tailrace_buffered_bytes')));
      assert.equal(
        await figure(page, 'Dead letters'),
        count(of('tailrace_records_total', { verdict: 'dead_lettered' })),
      );
      assert.match(
        await note(page, 'Records'),
        new RegExp(`${short(of('kafka_connect_sink_task_sink_record_send_total'))} delivered`),
      );
      assert.match(await note(page, 'Requests'), new RegExp(`${of('tailrace_requests_in_flight')} of `));
      assert.equal(await note(page, 'Retries'), `of ${short(of('tailrace_requests_total'))} requests`);
      const token = metric(metrics, 'tailrace_token_age_seconds', { connector: name, task: '0' });
      const shown = await page.locator('#main tr[data-key="0"] td').last().textContent();
      assert.equal(shown, token === null ? '–' : age(token * 1000));
      assert.equal(
        of('tailrace_endpoint_parked') > 0,
        (await page.locator('.title .chip-bad').allTextContents()).includes('parked'),
      );
      assert.deepEqual(complaints, []);
      await page.context().close();
    }
  });

  test('its curves add up to the counters, and its quantiles are those of what happened', async t => {
    const even: Part = {
      name: 'even',
      act: step => {
        const { facts, status } = flowing({ rate: 100, batch: 100, requestMs: 1, latencyMs: 1, lag: step }, step);
        const all: TaskFact[] = facts.filter(
          fact => fact.kind !== 'request-succeeded' && fact.kind !== 'records-delivered',
        );
        for (let ms = 1; ms <= 100; ms++) {
          all.push({ kind: 'request-succeeded', status: 200, records: 5, bytes: 50, ms, attempt: 1 });
          const latenciesMs = [ms * 10];
          all.push({ kind: 'records-delivered', topic: 'orders', partition: 0, records: 5, latenciesMs });
        }
        return { facts: all, status };
      },
    };
    const scene = await startScene(t, [even], 60);
    const { text } = await asking(scene.running.url)('GET', '/page/data/even');
    const { history, figures } = JSON.parse(text) as ConnectorView;
    assert.equal(history!.times.length, 60);
    const sum = history!.series.records.reduce<number>((all, value) => all + value! * 5, 0);
    assert.equal(sum, figures.totals.delivered);
    assert.equal(figures.totals.delivered, 60 * 500);
    assert.equal(figures.recordsPerSecond, 100);
    assert.equal(figures.bytesPerSecond, 1_000);
    assert.equal(figures.requestsPerSecond, 20);
    assert.equal(figures.lagPerSecond, 0.2);
    const near = (value: number, wanted: number) =>
      assert(Math.abs(value / wanted - 1) < 0.09, `${value} is not ${wanted}`);
    near(figures.requestMs!.p50, 50);
    near(figures.requestMs!.p99, 99);
    near(figures.recordMs!.p50, 500);
    assert.deepEqual(figures.batch, { p50: 5, p99: 5 });
    const { page } = await visit(browser, pageOf(scene, 'even'), { javaScriptEnabled: false });
    assert.equal(await figure(page, 'Request'), `${brief(figures.requestMs!.p50)} / ${brief(figures.requestMs!.p99)}`);
  });

  test('it says what is wrong first, with why', async t => {
    const scene = await startScene(t, MIXED, STEPS);
    const { page, complaints } = await visit(browser, scene.running.url);
    assert.match((await page.locator('#wrong').textContent())!, /^3 of 7 connectors need attention$/);
    const named = await page.locator('.attention li > a').allTextContents();
    assert.deepEqual(named, ['invoices', 'payments', 'clickstream']);
    const rows = await page
      .locator('tbody tr')
      .evaluateAll(all => all.map(row => (row as HTMLElement).dataset['name']));
    assert.deepEqual(rows, [
      'invoices',
      'payments',
      'clickstream',
      'audit-log',
      'orders-eu',
      'crm-contacts',
      'search-index',
    ]);
    assert.match((await page.locator('tr[data-name=invoices] .why').textContent())!, /403 Forbidden/);
    assert.equal(await page.title(), '(2) Tailrace');
    await page.click('tr[data-name=payments] a');
    await drawn(page);
    assert.match((await page.locator('.attention').textContent())!, /offset 884201 can not be delivered/);
    assert.deepEqual(await page.locator('.title .chip').allTextContents(), ['RUNNING', 'task FAILED']);
    await page.goto(pageOf(scene, 'orders-eu'));
    const causes = await page.locator('[data-key=rejections] tbody tr th').allTextContents();
    assert.match(causes[0]!, /^the endpoint answered 422 for it/);
    assert.match(causes[1]!, /DataException of org\.apache\.kafka\.connect\.json\.JsonConverter, the log says why/);
    assert.doesNotMatch(await page.content(), /not JSON/, 'a converter may quote the record');
    await drawn(page);
    assert.deepEqual(complaints, []);
  });

  test('buttons pause, resume, restart and stop through REST, and what becomes of it is seen and told', async t => {
    const scene = await startScene(t, [{ name: 'a b/c', act: steady(1) }], 3);
    const { page, complaints, requests } = await visit(browser, pageOf(scene, 'a b/c'));
    const becomes = async (state: string): Promise<void> => {
      await page.waitForFunction(
        wanted => document.querySelector('.title')?.getAttribute('data-state') === wanted,
        state,
        { polling: 100 },
      );
    };
    const press = async (name: string): Promise<void> => {
      await page.getByRole('button', { name, exact: true }).click();
      await lookAgain(scene);
    };
    await press('Pause');
    await becomes('PAUSED');
    assert.match((await page.locator('#told').textContent())!, /PAUSED/);
    const focused = await page.evaluate(() => document.activeElement?.textContent);
    assert.equal(focused, 'Resume', 'the button under the finger is the same, and does the opposite now');
    await press('Resume');
    await becomes('RUNNING');
    await press('Stop');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel' }).click();
    assert(!requests.some(request => request.endsWith('/stop')), 'what was not confirmed is not done');
    await press('Stop');
    await page.getByRole('dialog').getByRole('button', { name: 'Stop' }).click();
    const ticking = setInterval(() => scene.clock.advance(500), 100);
    t.after(() => clearInterval(ticking));
    await becomes('STOPPED');
    assert(await page.getByRole('button', { name: 'Stop', exact: true }).isDisabled());
    await page.getByRole('button', { name: 'Restart', exact: true }).click();
    const answer = page.waitForResponse(/restart\?includeTasks=true$/);
    await page.getByRole('dialog').getByRole('button', { name: 'Restart' }).click();
    assert.equal((await answer).status() < 300, true);
    const asked = requests.filter(request => !request.startsWith('GET '));
    const at = '/connectors/a%20b%2Fc';
    assert.deepEqual(asked, [
      `PUT ${at}/pause`,
      `PUT ${at}/resume`,
      `PUT ${at}/stop`,
      `POST ${at}/restart?includeTasks=true`,
    ]);
    assert.deepEqual(complaints, []);
  });

  test('a change that is refused says why; a worker that is gone is told', async t => {
    const scene = await startScene(t, [{ name: 'a', act: steady(1) }], 3);
    const { page } = await visit(browser, pageOf(scene, 'a'));
    await page.route(/\/pause$/, route =>
      route.fulfill({ status: 403, json: { error_code: 403, message: 'User eve may only read' } }),
    );
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('alert').waitFor();
    assert.equal(await page.getByRole('alert').textContent(), 'a could not be changed: User eve may only read');
    await page.route('**/*', route => route.abort());
    await page.locator('.live.is-old').waitFor({ timeout: 30_000 });
    assert.match((await page.locator('#live').textContent())!, /^No answer for \d+ s$/);
    assert.equal(await page.locator('#told').textContent(), 'The worker does not answer. What is shown is old.');
  });

  test('it keeps itself fresh, and leaves alone what the reader opened, typed or marked', async t => {
    const scene = await startScene(t, MIXED, 10);
    const { page, complaints } = await visit(browser, scene.running.url);
    await page.fill('#filter', 'INV');
    assert.deepEqual(await visibleRows(page), ['invoices']);
    await scene.play(170);
    await page.waitForFunction(() => document.querySelectorAll('tr.error').length === 2, null, { polling: 100 });
    assert.deepEqual(await visibleRows(page), ['invoices'], 'after it was fetched anew, too');
    assert.equal(await page.inputValue('#filter'), 'INV');
    await page.goto(pageOf(scene, 'orders-eu'));
    await drawn(page);
    await page.click('#task-1 summary');
    await page.focus('#task-1 summary');
    const points = () =>
      page.locator('[data-series="lag"] canvas').evaluate(canvas => (canvas as HTMLCanvasElement).toDataURL());
    const [before, lag] = [await points(), await figure(page, 'Lag')];
    await scene.play(5);
    await page.waitForFunction(old => document.querySelector('.tile .figure')?.textContent !== old, lag, {
      polling: 100,
    });
    await page.waitForFunction(
      old => (document.querySelector('[data-series="lag"] canvas') as HTMLCanvasElement).toDataURL() !== old,
      before,
      { polling: 100 },
    );
    assert.equal(await page.locator('#task-1').getAttribute('open'), '');
    assert.equal(await page.evaluate(() => document.activeElement?.closest('details')?.id), 'task-1');
    assert.deepEqual(complaints, []);
  });

  test('a connector that is deleted says so, and is no link any more', async t => {
    const scene = await startScene(t, [{ name: 'gone', act: steady(1) }], 3);
    const { page } = await visit(browser, pageOf(scene, 'gone'));
    await asking(scene.running.url)('DELETE', '/connectors/gone');
    const ticking = setInterval(() => scene.clock.advance(500), 100);
    t.after(() => clearInterval(ticking));
    await page.locator('[data-missing]').waitFor();
    await page.goto(scene.running.url);
    assert.match((await page.locator('.empty').textContent())!, /No connectors/);
  });

  test('texts from elsewhere are text: names, reasons and values that look like HTML do nothing', async t => {
    await hostile(t);
  });

  test('who may only read sees the page, and is told why nothing changes; who is nobody sees nothing', async t => {
    const usersFile = join(await mkdtemp(join(tmpdir(), 'tailrace-users-')), 'users');
    await writeFile(usersFile, `ann:${bcrypt.hashSync('pw-ann', 4)}\neve:${bcrypt.hashSync('pw-eve', 4)}\n`);
    const headers = { authorization: `Basic ${Buffer.from('ann:pw-ann').toString('base64')}` };
    const scene = await startScene(t, [{ name: 'a', act: steady(1) }], 3, {
      rest: { usersFile, readers: ['eve'] },
      headers,
    });
    const eve = { httpCredentials: { username: 'eve', password: 'pw-eve' } };
    const { page, complaints } = await visit(browser, pageOf(scene, 'a'), eve);
    await drawn(page);
    await page.getByRole('button', { name: 'Pause' }).click();
    await page.getByRole('alert').waitFor();
    assert.equal(await page.getByRole('alert').textContent(), 'a could not be changed: User eve may only read');
    assert.deepEqual(
      complaints.filter(text => !text.includes('403')),
      [],
    );
    for (const path of ['/', '/page/data', '/page/connectors/a', '/page/assets/0/page.js']) {
      const { status, text } = await asking(scene.running.url)('GET', path, undefined, { accept: 'text/html' });
      assert.deepEqual([status, text.includes('"a"')], [401, false], path);
    }
  });

  test('without a script all is there but the buttons', async t => {
    const scene = await startScene(t, MIXED, STEPS);
    const { page, complaints } = await visit(browser, pageOf(scene, 'orders-eu'), { javaScriptEnabled: false });
    assert.equal((await page.locator('.plot .spark polyline').count()) > 5, true);
    assert.equal(await page.getByRole('button').count(), 0);
    assert.match(await page.content(), /<noscript><meta http-equiv="refresh" content="10"><\/noscript>/);
    await page.click('#task-0 summary');
    assert(await page.locator('#task-0 table').isVisible());
    assert.deepEqual(complaints, []);
  });
});

async function visibleRows(page: Page): Promise<readonly (string | undefined)[]> {
  return page.locator('tbody tr:visible').evaluateAll(rows => rows.map(row => (row as HTMLElement).dataset['name']));
}

async function hostile(t: TestContext): Promise<void> {
  const evil = '"><img src=x onerror="document.title=\'owned\'"><script>document.title="owned"</script>\u202e';
  const name = `x'"><script>document.title="owned"</script>`;
  const part: Part = {
    name,
    act: step => {
      const flow = flowing({ rate: 100, batch: 10, requestMs: 5, latencyMs: 5, lag: 5 }, step);
      const sink = { state: 'parked', reason: evil, since: 1000 } as const;
      return { facts: flow.facts, status: { ...flow.status, sink, clientFault: evil, commitFault: evil } };
    },
    configuration: { ...SECRETIVE, 'http.url': 'http://localhost:9/%22%3E%3Cscript%3E' },
  };
  const scene = await startScene(t, [part], 3);
  const ask = asking(scene.running.url);
  const { text } = await ask('GET', '/page/data');
  const [found] = (JSON.parse(text) as WorkerView).connectors;
  assert.equal(found!.name, name);
  for (const url of [scene.running.url, pageOf(scene, name)]) {
    const { page, complaints } = await visit(browser, url);
    await drawn(page);
    assert.notEqual(await page.title(), 'owned');
    assert.equal(await page.locator('script:not([src]), img').count(), 0);
    assert.match((await page.locator('h1:not(.unseen), tr[data-name] th a').first().textContent())!, /<script>/);
    assert.doesNotMatch(await page.content(), /\u202e|sehr-geheim/);
    assert.deepEqual(complaints, []);
  }
}
