import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import type { ConnectorView } from '../../worker/admin/page/model.ts';
import { startMockBroker } from '../../worker/kafka/mock-broker.ts';
import { properties, start, startEndpoint } from '../broker/running.ts';
import { drawn, skipWithoutChromium, startChromium, visit } from './chromium.ts';
import { metric } from './metrics.ts';

const skip = await skipWithoutChromium();
const browser = skip === false ? await startChromium(after) : null!;
const RECORDS = 500;
/** How old the records are when they are delivered, at least. */
const AGE_MS = 60_000;

for (const isolation of ['inline', 'process']) {
  test(`the program as it is started shows what it did (task.isolation=${isolation})`, {
    skip,
    timeout: 120_000,
  }, async t => {
    const broker = await startMockBroker();
    t.after(() => broker.close());
    const endpoint = await startEndpoint();
    t.after(() => endpoint.close());
    await broker.createTopic('orders');
    const timestamp = Date.now() - AGE_MS;
    const values = Array.from({ length: RECORDS }, (_, index) => ({
      value: JSON.stringify(`n${index}`),
      partition: 0,
      timestamp,
    }));
    await broker.produce('orders', values);
    const worker = await properties('worker', {
      'bootstrap.servers': broker.bootstrapServers,
      listeners: 'http://127.0.0.1:0',
      'offset.flush.interval.ms': 200,
    });
    const sink = await properties('orders', {
      name: 'orders',
      'connector.class': 'tailrace.HttpSink',
      topics: 'orders',
      'http.url': endpoint.url,
      'batch.max.records': 50,
      'task.isolation': isolation,
      'http.headers.Authorization': 'Bearer sehr-geheim-4711',
    });
    const run = start(['run', worker, sink]);
    t.after(() => run.child.kill('SIGKILL'));
    const origin = (await run.line('Listening on')).msg.match(/http:\S+/)![0];
    await endpoint.reached(RECORDS);
    const { page, complaints } = await visit(browser, `${origin}/page/connectors/orders`);
    // All is confirmed and committed, and a step of the history has ended since.
    await page.waitForFunction(
      wanted => {
        const tiles = [...document.querySelectorAll('.tile')].map(tile => tile.textContent ?? '');
        return tiles.some(text => text.startsWith('Lag0')) && tiles.some(text => text.includes(`${wanted} delivered`));
      },
      RECORDS,
      { polling: 200 },
    );
    await drawn(page);
    const view = await told(`${origin}/page/data/orders`);
    const metrics = await (await fetch(`${origin}/metrics`)).text();
    const of = (name: string): number | null => metric(metrics, name, { connector: 'orders', task: '0' });
    assert.deepEqual(
      [view.figures.totals.delivered, view.figures.totals.requests, view.figures.totals.read],
      [
        of('kafka_connect_sink_task_sink_record_send_total'),
        of('tailrace_requests_total'),
        of('kafka_connect_sink_task_sink_record_read_total'),
      ],
    );
    assert.equal(view.figures.totals.delivered, RECORDS);
    assert.equal(of('tailrace_record_latency_seconds_count'), RECORDS, 'each record counts once');
    const average = of('tailrace_record_latency_seconds_sum')! / RECORDS;
    assert(average >= AGE_MS / 1000, `${average} s from their timestamps`);
    assert(view.figures.recordMs!.p50 >= AGE_MS * 0.91);
    const [task] = view.taskViews;
    assert.deepEqual([task!.sending.lastSuccessCode, task!.sending.failsCounter, task!.gate.state], [200, 0, 'ok']);
    assert.doesNotMatch(await page.content(), /sehr-geheim/);
    assert.deepEqual(complaints, []);
    run.child.kill('SIGTERM');
    assert.deepEqual(await run.exit, [0, null], 'what is kept for the page holds nothing up');
  });
}

/** The data of a connector, once a step of its history has what was delivered. */
async function told(url: string): Promise<ConnectorView> {
  for (;;) {
    const view = (await (await fetch(url)).json()) as ConnectorView;
    if (view.history?.series.records.some(rate => rate !== null && rate > 0)) return view;
    await new Promise(resolve => setTimeout(resolve, 200));
  }
}
