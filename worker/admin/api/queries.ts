import type { FastifyRequest } from 'fastify';

/** The parameters behind the question mark. */
export function queryOf(request: FastifyRequest): URLSearchParams {
  return request.query as URLSearchParams;
}

/** As Java's Boolean.valueOf reads it: "true" in any case, and all else is false. An empty one is not there. */
export function flagOf(request: FastifyRequest, name: string, otherwise = false): boolean {
  const value = queryOf(request).get(name) ?? '';
  return value === '' ? otherwise : value.toLowerCase() === 'true';
}
