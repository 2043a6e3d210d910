/**
 * Makes what is shown like what has come, and touches nothing that is the same: focus, selection and what was opened stay. Children with a
 * `data-key` are known by it; what has `data-keep` is the script's own.
 */
export function morph(shown: Element, fresh: Element): void {
  if (shown.hasAttribute('data-keep')) return;
  morphAttributes(shown, fresh);
  const keyed = new Map<string, Element>();
  for (const child of shown.children) {
    const key = keyOf(child);
    if (key !== null) keyed.set(key, child);
  }
  let at: ChildNode | null = shown.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    const found = partnerOf(wanted, at, keyed);
    if (found === null) {
      shown.insertBefore(wanted, at);
      continue;
    }
    if (found === at) at = at.nextSibling;
    else shown.insertBefore(found, at);
    if (found instanceof Element) morph(found, wanted as Element);
    else if (found.nodeValue !== wanted.nodeValue) found.nodeValue = wanted.nodeValue;
  }
  while (at !== null) {
    const next: ChildNode | null = at.nextSibling;
    at.remove();
    at = next;
  }
}

/** What stands for it already; null: nothing does. */
function partnerOf(wanted: ChildNode, at: ChildNode | null, keyed: Map<string, Element>): ChildNode | null {
  const key = wanted instanceof Element ? keyOf(wanted) : null;
  if (key !== null) {
    const known = keyed.get(key);
    return known !== undefined && known.nodeName === wanted.nodeName ? known : null;
  }
  if (at === null || at.nodeName !== wanted.nodeName) return null;
  return at instanceof Element && keyOf(at) !== null ? null : at;
}

function keyOf(element: Element): string | null {
  return element.getAttribute('data-key');
}

/** The reader's own: what was opened, or is hidden by the filter. */
const OWN: ReadonlySet<string> = new Set(['open', 'hidden']);

function morphAttributes(shown: Element, fresh: Element): void {
  for (const { name } of [...shown.attributes]) {
    if (!OWN.has(name) && !fresh.hasAttribute(name)) shown.removeAttribute(name);
  }
  for (const { name, value } of [...fresh.attributes]) {
    if (shown.getAttribute(name) !== value) shown.setAttribute(name, value);
  }
}
