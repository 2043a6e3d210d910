import { type BodyTemplate, isMacro, type JsonPiece, type Macro } from '../../config/route/types.ts';
import { type Block, valueStart } from '../block.ts';
import { printString } from '../data/json-print.ts';
import { putError, type RecordError } from '../record-error.ts';
import { ValueWriter } from '../value-writer.ts';
import type { Field, JsonRange, RecordView } from './record-view.ts';
import type { Replacer } from './replace.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

/** False: the record has nothing for it, and nothing serves in its place. */
type Write = (writer: ValueWriter) => boolean;

/** Writes what stands in the place of a record's value; `kinds` of what it looks up. */
export interface Body {
  readonly kinds: ReadonlySet<Macro['kind']>;
  /**
   * Of the record that the view stands at, which is this one; the value is not ended.
   * @returns why there is none; null: it is written
   */
  write(writer: ValueWriter, block: Block, index: number): RecordError | null;
}

const NO_SEPARATOR = { count: 1, separator: Buffer.alloc(0) };

/**
 * With replacements in what the template makes, or in the value where there is none.
 * @param template null: the value
 * @param maxValueBytes what is larger is not looked through, and stays too large
 */
export function createReplacedBody(replacer: Replacer, template: Body | null, maxValueBytes: number): Body {
  const made = new ValueWriter();
  /** The template's text alone, as a column of its own. */
  const make = (body: Body, block: Block, index: number): Buffer | RecordError => {
    made.begin(NO_SEPARATOR);
    const error = body.write(made, block, index);
    made.endPieces();
    return error ?? made.finish().values;
  };
  return {
    kinds: new Set([...replacer.kinds, ...(template?.kinds ?? [])]),
    write(writer, block, index) {
      const before =
        template === null
          ? block.values.subarray(valueStart(block, index), block.valueEnd[index]!)
          : make(template, block, index);
      if (!Buffer.isBuffer(before)) return before;
      const replaced = before.length <= maxValueBytes ? replacer.replace(before.toString()) : null;
      if (typeof replaced === 'string') writer.pieceText(replaced);
      else writer.piece(before, 0, before.length);
      return typeof replaced === 'string' ? null : replaced;
    },
  };
}

export function createBody(template: BodyTemplate, view: RecordView): Body {
  const pieces: readonly (JsonPiece | Macro)[] = template.kind === 'json' ? template.pieces : template.template;
  const writes = pieces.map((piece): Write => {
    if (typeof piece === 'string') {
      const literal = Buffer.from(piece);
      return writer => {
        writer.piece(literal, 0, literal.length);
        return true;
      };
    }
    if (isMacro(piece)) return writeText(view, view.field(piece), insteadOf(piece, template));
    const field = view.field(piece.macro);
    const instead = insteadOf(piece.macro, template);
    return piece.place === 'value' ? writeJson(view, field, instead) : writeInString(view, field, instead);
  });
  const macros = pieces.map(piece => (typeof piece === 'string' ? null : isMacro(piece) ? piece : piece.macro));
  return {
    kinds: new Set(macros.flatMap(macro => macro?.kind ?? [])),
    write: writer => {
      for (let i = 0; i < writes.length; i++) if (!writes[i]!(writer)) return missing(macros[i]!);
      return null;
    },
  };
}

/** What stands for something that a record has not: `null`, as FIWARE Orion casts it. Null: it is an error. */
function insteadOf({ fallback }: Macro, { onMissing }: BodyTemplate): string | null {
  return fallback ?? (onMissing === 'fail' ? null : 'null');
}

function missing({ source }: Macro): RecordError {
  const serves = `a default would serve: ${source.slice(0, -1)}|…}`;
  return putError(`it has no ${source}, which its body is made of, and behavior.on.missing.fields=fail; ${serves}`);
}

function writeText(view: RecordView, field: Field, instead: string | null): Write {
  return writer => {
    const text = view.text(field) ?? instead;
    if (text === null) return false;
    writer.pieceText(text);
    return true;
  };
}

function writeJson(view: RecordView, field: Field, instead: string | null): Write {
  const fallback = instead === null ? null : jsonOf(instead);
  return writer => {
    const json = view.json(field);
    if (typeof json === 'string') writer.pieceText(json);
    else if (json !== null && !isNull(json)) writer.pieceOnOneLine(json.bytes, json.start, json.end);
    else if (fallback === null) return false;
    else writer.pieceText(fallback);
    return true;
  };
}

/** The inside of a JSON string is such an inside wherever it is put. */
function writeInString(view: RecordView, field: Field, instead: string | null): Write {
  const fallback = instead === null ? null : printString(instead).slice(1, -1);
  return writer => {
    const json = view.json(field);
    if (typeof json === 'string') writer.pieceText(json.startsWith('"') ? json.slice(1, -1) : json);
    else if (json === null || isNull(json)) {
      if (fallback === null) return false;
      writer.pieceText(fallback);
    } else if (json.bytes[json.start] === QUOTE) writer.piece(json.bytes, json.start + 1, json.end - 1);
    else if (isPlain(json)) writer.piece(json.bytes, json.start, json.end);
    else writer.pieceText(printString(json.bytes.toString('utf8', json.start, json.end)).slice(1, -1));
    return true;
  };
}

/** A default that is JSON is that value, any other is a text. */
function jsonOf(text: string): string {
  try {
    JSON.parse(text);
    return text;
  } catch {
    return printString(text);
  }
}

function isNull({ bytes, start }: JsonRange): boolean {
  return bytes[start] === 0x6e;
}

/** Numbers and words; arrays and objects may hold what a string can not. */
function isPlain({ bytes, start, end }: JsonRange): boolean {
  for (let at = start; at < end; at++) if (bytes[at]! <= 0x22 || bytes[at] === BACKSLASH) return false;
  return true;
}
