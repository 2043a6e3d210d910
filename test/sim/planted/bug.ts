/** One replacement in a compiled file: `from` must stand there exactly once. */
export interface Edit {
  /** Below dist/. */
  readonly file: string;
  readonly from: string;
  readonly to: string;
}

/** A bug of the kind that others have shipped, or that we had ourselves. */
export interface PlantedBug {
  readonly name: string;
  readonly edits: readonly Edit[];
}

export function bug(
  name: string,
  ...edits: readonly (readonly [file: string, from: string, to: string])[]
): PlantedBug {
  return { name, edits: edits.map(([file, from, to]) => ({ file, from, to })) };
}
