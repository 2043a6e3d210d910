import type { Refresh } from './refresh.ts';

interface Action {
  readonly method: 'PUT' | 'POST';
  readonly path: string;
  /** What is done, for those who listen. */
  readonly done: string;
  /** What to ask before; null: nothing. */
  readonly question: string | null;
}

/** Through REST, as anybody else would. */
function actionOf(button: HTMLElement, connector: string): Action | null {
  const at = `/connectors/${encodeURIComponent(connector)}`;
  const task = button.dataset['task'] ?? '';
  switch (button.dataset['action']) {
    case 'pause':
      return { method: 'PUT', path: `${at}/pause`, done: 'is to be PAUSED', question: null };
    case 'resume':
      return { method: 'PUT', path: `${at}/resume`, done: 'is to be RUNNING', question: null };
    case 'stop':
      return {
        method: 'PUT',
        path: `${at}/stop`,
        done: 'is to be STOPPED',
        question: 'Its tasks end and leave the group: nothing is read or sent until it is resumed.',
      };
    case 'restart':
      return {
        method: 'POST',
        path: `${at}/restart?includeTasks=true`,
        done: 'restarts, with all its tasks',
        question: 'Its tasks end in order and start again. What is under way and not committed is sent again.',
      };
    case 'restart-task':
      return { method: 'POST', path: `${at}/tasks/${task}/restart`, done: `: task ${task} restarts`, question: null };
    default:
      return null;
  }
}

export function listenToActions(refresh: Refresh): void {
  document.addEventListener('click', event => {
    const button = (event.target as Element).closest<HTMLButtonElement>('button[data-action]');
    const connector = document.querySelector<HTMLElement>('.title')?.dataset['name'];
    if (button !== null && connector !== undefined) void act(button, connector, refresh);
  });
}

async function act(button: HTMLButtonElement, connector: string, refresh: Refresh): Promise<void> {
  const action = actionOf(button, connector);
  if (action === null) return;
  if (action.question !== null && !(await confirmed(button.textContent ?? '', connector, action.question))) return;
  button.setAttribute('aria-busy', 'true');
  const refusal = await ask(action);
  button.removeAttribute('aria-busy');
  showRefusal(refusal === null ? null : `${connector} could not be changed: ${refusal}`);
  if (refusal === null) refresh.tell(`${connector} ${action.done}`);
  refresh.now();
}

/** @returns why it was refused; null: it was done */
async function ask({ method, path }: Action): Promise<string | null> {
  try {
    const answer = await window.fetch(path, { method, headers: { accept: 'application/json' } });
    if (answer.ok) return null;
    const body = (await answer.json().catch(() => null)) as { message?: unknown } | null;
    return String(body?.message ?? `HTTP ${answer.status}`);
  } catch {
    return 'the worker does not answer';
  }
}

/** Below the title, until the next action. */
function showRefusal(text: string | null): void {
  document.getElementById('refused')?.remove();
  if (text === null) return;
  const note = document.createElement('p');
  note.id = 'refused';
  note.setAttribute('role', 'alert');
  note.textContent = text;
  document.getElementById('main')!.before(note);
}

function confirmed(label: string, connector: string, question: string): Promise<boolean> {
  const dialog = document.querySelector<HTMLDialogElement>('#ask')!;
  document.getElementById('ask-title')!.textContent = `${label} ${connector}?`;
  document.getElementById('ask-text')!.textContent = question;
  document.getElementById('ask-yes')!.textContent = label;
  dialog.returnValue = 'no';
  dialog.showModal();
  return new Promise(resolve => {
    dialog.addEventListener('close', () => resolve(dialog.returnValue === 'yes'), { once: true });
  });
}
