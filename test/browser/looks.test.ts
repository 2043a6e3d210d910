import assert from 'node:assert/strict';
import { after, describe, test } from 'node:test';
import { overflow, violations } from './axe.ts';
import { drawn, picture, SIZES, skipWithoutChromium, startChromium, visit } from './chromium.ts';
import { MANY, MIXED, type Scene, startScene } from './scene.ts';

const skip = await skipWithoutChromium();
const browser = skip === false ? await startChromium(after) : null!;

/** Pages of a scene, and how each is called in pictures. */
function pagesOf({ running: { url } }: Scene): Readonly<Record<string, string>> {
  const of = (name: string) => `${url}/page/connectors/${name}`;
  return {
    worker: url,
    tasks: of('orders-eu'),
    parked: of('invoices'),
    failed: of('payments'),
    growing: of('clickstream'),
    paused: of('crm-contacts'),
    stopped: of('search-index'),
    missing: of('nobody'),
  };
}

describe('how the page looks', { skip, timeout: 600_000 }, () => {
  test('readable for everybody: light and dark, at a desk and on a phone, in every state', async t => {
    const scene = await startScene(t, MIXED, 181);
    for (const colorScheme of ['light', 'dark'] as const) {
      for (const [size, viewport] of Object.entries(SIZES)) {
        for (const [name, url] of Object.entries(pagesOf(scene))) {
          // The narrow form is one style in both colours.
          if (size === 'phone' && colorScheme === 'dark' && name !== 'worker') continue;
          const { page, complaints } = await visit(browser, url, { colorScheme, viewport, reducedMotion: 'reduce' });
          await drawn(page);
          for (const summary of await page.locator('summary').all()) await summary.click();
          const where = `${name}-${size}-${colorScheme}`;
          assert.deepEqual(await violations(page), [], where);
          assert((await overflow(page)) <= 0, `${where} is too wide`);
          await picture(page, where);
          const known = complaints.filter(text => name !== 'missing' || !text.includes('404'));
          assert.deepEqual(known, [], where);
          await page.context().close();
        }
      }
    }
  });

  test('one connector, five and a hundred', async t => {
    for (const [name, parts] of [
      ['one', MIXED.slice(0, 1)],
      ['five', MIXED.slice(0, 5)],
      ['hundred', MANY],
      ['none', []],
    ] as const) {
      const scene = await startScene(t, parts, 60);
      const { page } = await visit(browser, scene.running.url, { viewport: SIZES.desk });
      await page.locator('html.is-scripted').waitFor();
      assert.deepEqual(await violations(page), [], name);
      await picture(page, `worker-${name}`);
      await page.context().close();
    }
  });

  test('by keys alone: every control is reached in the order of reading, is seen to be, and works', async t => {
    const scene = await startScene(t, MIXED, 10);
    const { page } = await visit(browser, `${scene.running.url}/page/connectors/orders-eu`, { viewport: SIZES.desk });
    await drawn(page);
    const walked: string[] = [];
    for (let step = 0; step < 60; step++) {
      await page.keyboard.press('Tab');
      const at = await page.evaluate(() => {
        const element = document.activeElement as HTMLElement;
        if (element === document.body) return null;
        const { outlineStyle, outlineWidth } = window.getComputedStyle(element);
        const isSeen = outlineStyle !== 'none' && Number.parseFloat(outlineWidth) >= 1;
        const name = element.getAttribute('aria-label') ?? element.textContent?.trim().replace(/\s+/g, ' ') ?? '';
        return { name, isSeen, top: element.getBoundingClientRect().top + window.scrollY };
      });
      if (at === null) break;
      assert(at.isSeen, `the focus is not seen on ${at.name}`);
      walked.push(at.name);
    }
    const wanted = [
      'Skip to content',
      'Tailrace',
      'Worker',
      'Pause',
      'Stop',
      'Restart',
      'Tasks of the connector',
      '0',
      '1',
      '2',
    ];
    const places = wanted.map(name => walked.indexOf(name));
    assert(!places.includes(-1), `${wanted.filter((_, index) => places[index] === -1)} not in ${walked}`);
    assert.deepEqual(
      places,
      [...places].sort((a, b) => a - b),
    );
    await page.getByRole('button', { name: 'Stop', exact: true }).focus();
    await page.keyboard.press('Enter');
    await page.getByRole('dialog').waitFor();
    assert.equal(
      await page.evaluate(() => document.activeElement?.textContent),
      'Cancel',
      'what is harmless comes first',
    );
    await page.keyboard.press('Escape');
    await page.getByRole('dialog').waitFor({ state: 'hidden' });
    assert.equal(await page.evaluate(() => document.activeElement?.textContent), 'Stop', 'back where it was');
    await page.locator('#task-0 summary').focus();
    await page.keyboard.press('Enter');
    assert(await page.locator('#task-0 .inside').isVisible());
  });

  test('a hundred connectors: small enough to stay fluid', async t => {
    const scene = await startScene(t, MANY, 30);
    const { page, complaints } = await visit(browser, scene.running.url, { viewport: SIZES.desk });
    await page.evaluate(() => {
      const tasks: number[] = [];
      new PerformanceObserver(list => tasks.push(...list.getEntries().map(entry => entry.duration))).observe({
        entryTypes: ['longtask'],
      });
      (window as unknown as { longTasks: number[] }).longTasks = tasks;
    });
    const updates = 3;
    for (let update = 0; update < updates; update++) {
      const before = await page.locator('.tile .figure').first().textContent();
      await scene.play(3);
      await page.waitForFunction(old => document.querySelector('.tile .figure')?.textContent !== old, before, {
        polling: 100,
      });
    }
    const { nodes, bytes, longest, frames } = await page.evaluate(async () => {
      const text = await (await fetch('/', { headers: { accept: 'text/html' } })).text();
      const times: number[] = [];
      let last = performance.now();
      window.scrollTo(0, 0);
      for (let frame = 0; frame < 60; frame++) {
        await new Promise(resolve => requestAnimationFrame(resolve));
        window.scrollBy(0, 60);
        times.push(performance.now() - last);
        last = performance.now();
      }
      const { longTasks } = window as unknown as { longTasks: number[] };
      return {
        nodes: document.querySelectorAll('*').length,
        bytes: text.length,
        longest: Math.max(0, ...longTasks),
        frames: times.sort((a, b) => a - b)[30]!,
      };
    });
    t.diagnostic(
      `${nodes} elements, ${bytes} bytes, longest task ${Math.round(longest)} ms over ${updates} updates, median frame ${frames.toFixed(1)} ms`,
    );
    assert(nodes < 4_000, `${nodes} elements`);
    assert(bytes < 250_000, `${bytes} bytes`);
    assert.deepEqual(complaints, []);
  });
});
