import { morph } from './morph.ts';

const EVERY_MS = 2_000;
/** Without an answer for so long, what is shown is old. */
const OLD_MS = 6_000;
const PATIENCE_MS = 10_000;

export interface Refresh {
  /** Looks now. */
  now(): void;
  /** Says something to those who listen, and shows nothing. */
  tell(text: string): void;
}

/** Fetches the page again and again while somebody can see it. @param then called after each time */
export function keepFresh(then: () => void): Refresh {
  let timer = 0;
  let isUnderWay = false;
  let freshAt = window.performance.now();
  const live = document.getElementById('live')!;
  const told = document.getElementById('told')!;

  async function look(): Promise<void> {
    window.clearTimeout(timer);
    if (isUnderWay) return;
    isUnderWay = true;
    try {
      const answer = await window.fetch(window.location.pathname, {
        headers: { accept: 'text/html' },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      const type = answer.headers.get('content-type') ?? '';
      // A connector that is gone has a page, too, which says so.
      if (type.startsWith('text/html')) {
        show(new DOMParser().parseFromString(await answer.text(), 'text/html'));
        freshAt = window.performance.now();
      }
    } catch {
      // It is told by how old the page is.
    }
    isUnderWay = false;
    showAge();
    plan();
  }

  function show(fresh: Document): void {
    const before = statesIn(document);
    for (const id of ['top', 'main', 'foot']) {
      const part = document.getElementById(id);
      const other = fresh.getElementById(id);
      if (part !== null && other !== null) morph(part, other);
    }
    if (document.title !== fresh.title) document.title = fresh.title;
    const news = changes(before, statesIn(document));
    if (news !== '') tell(news);
    then();
  }

  function showAge(): void {
    const age = window.performance.now() - freshAt;
    const isOld = age > OLD_MS;
    live.classList.toggle('is-old', isOld);
    const text = isOld ? `No answer for ${Math.round(age / 1000)} s` : 'Live';
    if (live.textContent !== text) {
      live.textContent = text;
      if (isOld && told.textContent !== LOST) tell(LOST);
    }
  }

  function plan(): void {
    window.clearTimeout(timer);
    if (!document.hidden) timer = window.setTimeout(() => void look(), EVERY_MS);
  }

  function tell(text: string): void {
    told.textContent = text;
  }

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void look();
  });
  showAge();
  plan();
  return { now: () => void look(), tell };
}

const LOST = 'The worker does not answer. What is shown is old.';

type States = ReadonlyMap<string, string>;

function statesIn(page: Document): States {
  const states = new Map<string, string>();
  for (const element of page.querySelectorAll<HTMLElement>('[data-state]')) {
    states.set(element.dataset['name'] ?? '', element.dataset['state'] ?? '');
  }
  return states;
}

/** In a sentence for each connector whose state is another. */
function changes(before: States, after: States): string {
  return [...after]
    .filter(([name, state]) => before.has(name) && before.get(name) !== state)
    .map(([name, state]) => `${name} is ${state}.`)
    .join(' ');
}
