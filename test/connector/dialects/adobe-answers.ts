import type { HttpRequest, HttpResponse } from '../../../connector/ports.ts';
import type { Answers } from '../../support/sent-out.ts';

function answered(status: number, value: object): HttpResponse {
  const headers = { 'content-type': 'application/json' };
  return { status, headers, body: Buffer.from(JSON.stringify(value)), complete: true, bodySent: true };
}

function countOf({ body }: HttpRequest): number {
  return (JSON.parse(body.toString()) as { readonly messages: readonly unknown[] }).messages.length;
}

function batch(responses: readonly object[]): HttpResponse {
  return answered(207, {
    inletId: 'i',
    batchId: '1565638336649:1750:244',
    receivedTimeMs: 1_565_638_336_705,
    responses,
  });
}

/** IMS gives out tokens by their number, all else is taken message by message. */
export const takes: Answers = (request, number) => {
  if (request.url.pathname.startsWith('/ims/')) {
    return answered(200, { access_token: `token-${number}`, token_type: 'bearer', expires_in: 86_399 });
  }
  return batch(Array.from({ length: countOf(request) }, (_, i) => ({ xactionId: `1565638336649:1750:${i}` })));
};

/** @param named whether failures say their index in an `xactionId` */
export function refused(failures: Readonly<Record<number, object>>, named = true): Answers {
  return request =>
    batch(
      Array.from({ length: countOf(request) }, (_, i) => {
        const failure = failures[i];
        if (failure === undefined) return { xactionId: named ? `1565638336649-${i}` : `1565638336649:1750:${i}` };
        return named ? { xactionId: `1565638336649-${i}`, ...failure } : failure;
      }),
    );
}

/** The failure of the last message is told first. */
export const moved: Answers = request => {
  const last = countOf(request) - 1;
  const others = Array.from({ length: last }, (_, i) => ({ xactionId: `1565638336649-${i}` }));
  return batch([{ xactionId: `1565638336649-${last}`, status: 400 }, ...others]);
};
