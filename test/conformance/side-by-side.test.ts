import assert from 'node:assert/strict';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { after, before, describe, test } from 'node:test';
import { skipWithoutKafka } from '../kafka/available.ts';
import { type KafkaNode, startKafka } from '../kafka/node.ts';
import { killPrograms, startProgram } from '../kafka/program.ts';
import { CHAINS } from './chains.ts';
import { startJvmWorker } from './jvm-worker.ts';
import {
  comparable,
  connectorFile,
  deadLetterOf,
  everythingCommitted,
  type Outcome,
  outcomes,
  produceSamples,
  workerFile,
} from './side-by-side.ts';

/** Takes NDJSON bodies at `/<connector>`, and keeps their lines. */
class LineEndpoint {
  readonly lines = new Map<string, string[]>();
  readonly #server: Server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const connector = request.url!.slice(1);
    const known = this.lines.get(connector) ?? [];
    this.lines.set(connector, known);
    known.push(...Buffer.concat(chunks).toString().split('\n').filter(Boolean));
    response.end('{}');
  });

  async open(): Promise<string> {
    await new Promise<void>(listening => this.#server.listen(0, '127.0.0.1', listening));
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  close(): void {
    this.#server.closeAllConnections();
    this.#server.close();
  }
}

async function throughConnect(node: KafkaNode): Promise<Map<string, Outcome>> {
  const worker = await startJvmWorker(
    workerFile(node),
    CHAINS.map(chain => connectorFile('connect', chain)),
  );
  try {
    await everythingCommitted(node, 'connect', CHAINS);
    return await outcomes(node, 'connect', CHAINS, name => worker.values(name));
  } finally {
    await worker.stop();
  }
}

async function throughTailrace(node: KafkaNode): Promise<Map<string, Outcome>> {
  const endpoint = new LineEndpoint();
  const url = await endpoint.open();
  const sinks = CHAINS.map(chain => {
    const file = connectorFile('tailrace', chain);
    return {
      ...file,
      'connector.class': 'tailrace.HttpSink',
      'http.url': `${url}/${file.name}`,
      'batch.format': 'ndjson',
      'behavior.on.null.values': 'ignore',
    };
  });
  const program = await startProgram(workerFile(node), sinks);
  try {
    await everythingCommitted(node, 'tailrace', CHAINS);
    assert.equal(await program.stop(), 0);
    return await outcomes(node, 'tailrace', CHAINS, async name => endpoint.lines.get(name) ?? []);
  } finally {
    await killPrograms();
    endpoint.close();
  }
}

const skip = await skipWithoutKafka('4');

describe('side by side with Kafka Connect', { skip }, () => {
  let node: KafkaNode;
  let theirs: Map<string, Outcome>;
  let ours: Map<string, Outcome>;

  before(async () => {
    // The samples' timestamps are old, and dead letters keep them.
    node = await startKafka({ version: '4', properties: { 'log.retention.ms': '-1' } });
    await produceSamples(node);
    theirs = await throughConnect(node);
    ours = await throughTailrace(node);
  });
  after(() => node?.stop());

  for (const chain of CHAINS) {
    test(`${chain.name}: the same values, the same dead letters`, () => {
      const { values, deadLetters } = ours.get(chain.name)!;
      const expected = theirs.get(chain.name)!;
      assert.deepEqual(values.map(comparable), expected.values.map(comparable));
      assert.deepEqual(deadLetters.map(deadLetterOf(chain)), expected.deadLetters.map(deadLetterOf(chain)));
    });
  }
});
