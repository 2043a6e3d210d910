const IS_SHORT = process.env['TEST_FORM'] === 'short';

/** How often something is repeated that shows more the longer it goes on: `TEST_FORM=short` is for where time is short. */
export function repeated(times: number, inShort: number): number {
  return IS_SHORT ? inShort : times;
}
