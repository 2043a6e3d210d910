import { renderPointer } from '../schema/json-pointer.ts';
import type { Lenses } from './lenses-keys.ts';
import type { AsText } from './texts.ts';

/** A text of Lenses' with `{{…}}`, as a template of ours. */
export interface Rendered {
  readonly text: string;
  /** Kinds of what it takes from the record: `value`, `key`, `header`, `topic`, … */
  readonly kinds: ReadonlySet<string>;
  /** Of tags that nothing is known for; complete "the key …". */
  readonly problems: readonly string[];
}

export interface RenderOptions {
  /** What stands between the tags. */
  readonly asText: AsText;
  /** What a macro that the record has nothing for stands for; null: that is left to the key. */
  readonly instead: string | null;
}

/** `TemplateRenderer`: neither braces within, nor a line between tags that means something. */
const TAG = /\{\{([^{}]*)\}\}/g;
/** `RawTemplate`: the first loop, whose tags have no blanks in them. */
const LOOP = /\{\{#message\}\}([\s\S]*?)\{\{\/message\}\}/;
const OF_PLACE = ['topic', 'partition', 'offset', 'timestamp'];
const LONGEST_SHOWN = 40;

export function render(template: string, { asText, instead }: RenderOptions): Rendered {
  const kinds = new Set<string>();
  const problems: string[] = [];
  let text = '';
  let done = 0;
  for (const found of template.matchAll(TAG)) {
    const macro = readTag(found[1]!.trim(), instead);
    text += asText(template.slice(done, found.index), 'text' in macro && macro.text !== '');
    done = found.index + found[0].length;
    if ('problem' in macro) problems.push(macro.problem);
    else {
      text += macro.text;
      if (macro.kind !== null) kinds.add(macro.kind);
    }
  }
  return { text: text + asText(template.slice(done)), kinds, problems };
}

type Macro = { readonly text: string; readonly kind: string | null } | { readonly problem: string };

/** `value.address.street`: what, without regard to case, and where in it. */
function readTag(tag: string, instead: string | null): Macro {
  const dot = tag.indexOf('.');
  const kind = (dot < 0 ? tag : tag.slice(0, dot)).toLowerCase();
  const path = dot < 0 ? '' : tag.slice(dot + 1);
  if (kind === '#message' || kind === '/message') return { text: '', kind: null };
  if (OF_PLACE.includes(kind)) return { text: `\${${kind}}`, kind };
  const fallback = instead === null ? '' : `|${inMacro(instead)}`;
  if (kind === 'header' && path !== '') return { text: `\${header:${inMacro(path)}${fallback}}`, kind };
  if (kind !== 'key' && kind !== 'value') {
    const known = 'there are value, key, header.<name>, topic, partition, offset and timestamp';
    return { problem: `holds {{${tag.slice(0, LONGEST_SHOWN)}}}, which stands for nothing: ${known}` };
  }
  const names = path.split('.').filter(name => name !== '');
  const pointer = renderPointer(names);
  return { text: `\${${kind}${pointer === '' ? '' : `:${inMacro(pointer)}`}${fallback}}`, kind };
}

/** What would end a macro, or a part of it, is escaped there. */
function inMacro(text: string): string {
  return text.replaceAll(/[%|}]/g, sign => encodeURIComponent(sign));
}

/** A body: of one record; or what stands before, for each, and behind. Before and behind nothing is filled in. */
export type Content =
  | { readonly loop: false; readonly each: string }
  | { readonly loop: true; readonly before: string; readonly each: string; readonly behind: string };

export function contentOf(written: string): Content {
  const found = LOOP.exec(written);
  if (found === null) return { loop: false, each: written };
  const { index } = found;
  return {
    loop: true,
    before: written.slice(0, index),
    each: found[1]!,
    behind: written.slice(index + found[0].length),
  };
}

/**
 * What `connect.http.json.tidy` is for: each record with a comma behind it, in an array or object.
 * @returns the record without it, and what stands between two; null where the last record has no comma too many
 */
export function withoutLastComma(
  each: string,
  behind: string,
): { readonly each: string; readonly between: string } | null {
  const [, record, between] = /^([\s\S]*?)(,\s*)$/.exec(each) ?? [];
  return between === undefined || !/^\s*[\]}]/.test(behind) ? null : { each: record!, between };
}

/** What stands for something that a record has not; null: nothing does. */
export function insteadOf({ nullHandler, nullCustom }: Lenses['values']): string | null {
  const texts = { error: null, empty: '', null: 'null', custom: nullCustom };
  return texts[nullHandler];
}
