/** The demo's sample events: what three services of a shop might write. */

export interface DemoEvent {
  readonly topic: string;
  readonly key: string;
  readonly value: string;
  /** How the event is meant to end; the audit compares. */
  readonly fate: 'deliverable' | 'not JSON' | 'refused';
}

export const DEMO_TOPICS = ['demo-orders', 'demo-clicks', 'demo-payments'] as const;

const SHARES: Readonly<Record<(typeof DEMO_TOPICS)[number], number>> = {
  'demo-orders': 0.4,
  'demo-clicks': 0.5,
  'demo-payments': 0.1,
};
const ITEMS = ['teapot', 'kettle', 'saucer', 'whisk', 'tray', 'strainer', 'caddy'];
const PAGES = ['/', '/search', '/teapots', '/kettles', '/basket', '/checkout', '/help'];
const METHODS = ['card', 'transfer', 'voucher'];
/** Payments that break: a few that are not JSON, a few that the endpoint refuses. */
const BROKEN = 5;
/** 2026-01-01, epoch milliseconds. */
const FIRST_MS = 1_767_225_600_000;

/** @param amount in all topics together */
export function* demoEvents(amount: number): Generator<DemoEvent> {
  let rest = amount;
  for (const topic of DEMO_TOPICS) {
    const records = topic === 'demo-payments' ? rest : Math.min(Math.round(amount * SHARES[topic]), rest);
    rest -= records;
    for (let i = 0; i < records; i++) yield event(topic, i, records);
  }
}

function event(topic: (typeof DEMO_TOPICS)[number], index: number, records: number): DemoEvent {
  const customer = `customer-${(index * 7919) % 997}`;
  const common = { id: `${topic}-${index}`, topic, at: FIRST_MS + index * 250, customer };
  const fate = topic === 'demo-payments' ? fateOf(index, records) : 'deliverable';
  switch (topic) {
    case 'demo-orders': {
      const items = [pick(ITEMS, index), pick(ITEMS, index + 3)];
      return { topic, key: customer, fate, value: JSON.stringify({ ...common, items, total: cents(index) }) };
    }
    case 'demo-clicks': {
      const page = pick(PAGES, index);
      return {
        topic,
        key: customer,
        fate,
        value: JSON.stringify({ ...common, page, referrer: pick(PAGES, index + 2) }),
      };
    }
    case 'demo-payments': {
      const body = { ...common, method: pick(METHODS, index), amount: fate === 'refused' ? -1 : cents(index) };
      const text = JSON.stringify(body);
      return { topic, key: customer, fate, value: fate === 'not JSON' ? text.slice(0, -5) : text };
    }
  }
}

/** Spread over the topic: the first half of the broken ones is cut short, the others have a negative amount. */
function fateOf(index: number, records: number): DemoEvent['fate'] {
  const step = Math.max(Math.floor(records / BROKEN), 1);
  if (index % step !== step - 1) return 'deliverable';
  return Math.floor(index / step) % 2 === 0 ? 'not JSON' : 'refused';
}

function pick<T>(list: readonly T[], index: number): T {
  return list[index % list.length]!;
}

function cents(index: number): number {
  return ((index * 137) % 20_000) / 100 + 1;
}
