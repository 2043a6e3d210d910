import { morph } from './morph.ts';

const EVERY_MS = 2_000;
/** A worker, or a browser, that takes long is asked less often: at most this share of its time. */
const MOST_SHARE = 0.1;
/** What is so old is told to be, sooner where no answer came; looked at by itself, since an answer may be what does not come. */
const OLD_MS = 20_000;
const OLD_UNANSWERED_MS = 4_000;
const AGE_MS = 1_000;
const PATIENCE_MS = 10_000;
const LONGEST_MS = 15_000;

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
  let isAnswered = true;
  let freshAt = window.performance.now();
  const live = document.getElementById('live')!;
  const told = document.getElementById('told')!;

  async function look(): Promise<void> {
    window.clearTimeout(timer);
    if (isUnderWay) return;
    isUnderWay = true;
    const begun = window.performance.now();
    try {
      const answer = await window.fetch(window.location.pathname, {
        headers: { accept: 'text/html' },
        signal: AbortSignal.timeout(PATIENCE_MS),
      });
      // A connector that is gone has a page, too, which says so.
      isAnswered = (answer.headers.get('content-type') ?? '').startsWith('text/html');
      if (isAnswered) {
        show(new DOMParser().parseFromString(await answer.text(), 'text/html'));
        freshAt = window.performance.now();
      }
    } catch {
      isAnswered = false;
    }
    isUnderWay = false;
    showAge();
    plan(window.performance.now() - begun);
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
    const isOld = age > (isAnswered ? OLD_MS : OLD_UNANSWERED_MS);
    live.classList.toggle('is-old', isOld);
    const text = isOld ? `No answer for ${Math.round(age / 1000)} s` : 'Live';
    if (live.textContent !== text) {
      live.textContent = text;
      if (isOld && told.textContent !== LOST) tell(LOST);
    }
  }

  function plan(tookMs: number): void {
    window.clearTimeout(timer);
    const waitMs = Math.min(Math.max(EVERY_MS, tookMs / MOST_SHARE), LONGEST_MS);
    if (!document.hidden) timer = window.setTimeout(() => void look(), waitMs);
  }

  function tell(text: string): void {
    told.textContent = text;
  }

  document.addEventListener('visibilitychange', () => {
    if (!document.hidden) void look();
  });
  window.setInterval(showAge, AGE_MS);
  showAge();
  plan(0);
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
