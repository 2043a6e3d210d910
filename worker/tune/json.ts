import type { Account } from './summary.ts';

/** The account for machines. Times are milliseconds, rates a second. */
export function renderJson({ subject, connector, source, result, advice }: Account): string {
  const { sample, results, choice, refused, interrupted, limits, used, reached } = result;
  const account = {
    connector,
    endpoint: subject,
    sample: { source, ...sample },
    limits,
    used,
    reached,
    interrupted,
    refused,
    sweeps: results.map(({ codec, points, complete, fitted }) => ({
      compression: codec ?? 'none',
      complete,
      model: fitted === null ? null : { ...fitted.model, error: fitted.error },
      points,
    })),
    recommendation:
      choice === null || advice === null
        ? null
        : {
            settings: Object.fromEntries(advice.lines.map(({ key, value }) => [key, value])),
            compression: choice.codec ?? 'none',
            predicted: choice.prediction,
            measured: choice.confirmed,
            deviation: advice.deviation,
            best: choice.best,
            configured: advice.configured,
            knee: advice.knee,
            duplicatesAfterCrash: advice.duplicates.records,
          },
  };
  return `${JSON.stringify(account, (_, value: unknown) => (value === Number.POSITIVE_INFINITY ? null : value))}\n`;
}
