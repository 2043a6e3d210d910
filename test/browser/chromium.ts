import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core';

const PROGRAM = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
/** Pictures of a run. */
const PICTURES = fileURLToPath(new URL('../../../.cache/browser/', import.meta.url));

/** Says why there is no browser to test with, for a test's `skip`: false when there is. In CI that is a failure, never a skip. */
export async function skipWithoutChromium(): Promise<string | false> {
  try {
    await promisify(execFile)(PROGRAM, ['--version']);
    return false;
  } catch (error) {
    if (process.env['CI'] === 'true') throw error;
    return `no ${PROGRAM} (scripts/real-parts.sh brings it; CHROMIUM names another)`;
  }
}

/** Debian's Chromium, with nothing that asks elsewhere. In a container there is no sandbox to be had. */
export async function startChromium(after: (close: () => Promise<void>) => void): Promise<Browser> {
  const args = ['--no-sandbox', '--disable-background-networking', '--disable-component-update'];
  const browser = await chromium.launch({ executablePath: PROGRAM, args });
  after(() => browser.close());
  return browser;
}

export const SIZES = { desk: { width: 1280, height: 900 }, phone: { width: 400, height: 800 } };

export interface Visit {
  readonly page: Page;
  /** Whatever the browser complained of: its console, exceptions, the policy, requests that failed or went elsewhere. */
  readonly complaints: readonly string[];
  /** What was asked for, `GET /page/data`. */
  readonly requests: readonly string[];
}

/** Opens a page and hears all that the browser says of it. */
export async function visit(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  const { origin } = new URL(url);
  page.on('console', message => {
    if (message.type() !== 'debug') complaints.push(`${message.type()}: ${message.text()}`);
  });
  page.on('pageerror', error => complaints.push(`exception: ${error.message}`));
  page.on('request', request => {
    const to = new URL(request.url());
    requests.push(`${request.method()} ${to.pathname}${to.search}`);
    if (to.protocol !== 'data:' && to.origin !== origin) complaints.push(`asked elsewhere: ${request.url()}`);
  });
  page.on('response', response => {
    if (response.status() >= 500) complaints.push(`${response.status()}: ${response.url()}`);
  });
  if (options.javaScriptEnabled !== false) {
    await page.addInitScript(() => {
      document.addEventListener('securitypolicyviolation', event => {
        // Whatever is said on the console is a complaint.
        // biome-ignore lint/suspicious/noConsole: it is how the test hears of it
        console.error(`policy: ${event.violatedDirective} ${event.blockedURI}`);
      });
    });
  }
  await page.goto(url);
  return { page, complaints, requests };
}

/** Keeps a picture of the whole page. */
export async function picture(page: Page, name: string, fullPage = true): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage, animations: 'disabled' });
}

/** All curves are drawn, on a page that has some. */
export async function drawn(page: Page): Promise<void> {
  const wanted = await page.locator('.canvas').count();
  await page.waitForFunction(many => document.querySelectorAll('.canvas canvas').length === many, wanted);
}
