/** Null where none of them is known. */
export function sumOfKnown(values: readonly (number | null)[]): number | null {
  const known = values.flatMap(value => value ?? []);
  return known.length === 0 ? null : known.reduce((all, value) => all + value, 0);
}
