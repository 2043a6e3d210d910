import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compare } from './compare.ts';
import { type Answer, get, post, put, type Request } from './step.ts';

const JSON_TYPE = 'application/json';

function answer(body: unknown, more: Partial<Answer> = {}): Answer {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  return { status: 200, contentType: JSON_TYPE, location: null, allow: null, body: text, ...more };
}

function same(request: Request, theirs: Answer, ours: Answer): boolean {
  const lines = compare(request, theirs, ours);
  return lines.theirs === lines.ours;
}

const error = (code: number, message: string, more: Partial<Answer> = {}): Answer =>
  answer({ error_code: code, message }, { status: code, ...more });

test('status, content type, headers, text and the order of members count', () => {
  const request = get('/connectors/a/status');
  const good = answer({ name: 'a', type: 'sink' });
  assert.ok(same(request, good, good));
  assert.ok(!same(request, good, { ...good, status: 201 }));
  assert.ok(!same(request, good, { ...good, contentType: 'application/json; charset=utf-8' }));
  assert.ok(!same(request, good, { ...good, contentType: null }));
  assert.ok(!same(request, good, { ...good, location: 'http://127.0.0.1:1/connectors/a' }));
  assert.ok(!same(request, good, answer({ type: 'sink', name: 'a' })));
  assert.ok(!same(request, good, answer('{"name": "a", "type": "sink"}')));
  assert.ok(!same(request, error(404, 'one'), error(404, 'another')));
  assert.ok(!same(request, error(404, 'one'), answer({ message: 'one', error_code: 404 }, { status: 404 })));
});

test('what is the own of each worker must be there, and may differ', () => {
  const request = get('/connectors/a/status');
  const task = (more: object) => answer({ id: 0, state: 'FAILED', ...more });
  assert.ok(same(request, task({ worker_id: 'a:1', trace: 'x' }), task({ worker_id: 'b:2', trace: 'y' })));
  assert.ok(!same(request, task({ worker_id: 'a:1', trace: 'x' }), task({ worker_id: 'b:2' })));
  assert.ok(!same(request, task({ worker_id: 'a:1' }), task({ worker_id: '' })));
  const at = (port: number) => answer('{}', { location: `http://127.0.0.1:${port}/connectors/a` });
  assert.ok(same(request, at(1), at(2)));
  assert.ok(!same(get('/admin/loggers/a'), answer({ last_modified: 1 }), answer({ last_modified: null })));
});

test('a configuration has the order in which it was sent, and none where it was read back', () => {
  const [one, two] = [
    { a: '1', b: '2' },
    { b: '2', a: '1' },
  ];
  assert.ok(same(get('/connectors/a/config'), answer(one), answer(two)));
  assert.ok(same(get('/connectors/a'), answer({ config: one }), answer({ config: two })));
  assert.ok(!same(post('/connectors', {}), answer({ config: one }), answer({ config: two })));
  assert.ok(!same(put('/connectors/a/config', {}), answer({ config: one }), answer({ config: two })));
  assert.ok(!same(get('/connectors/a/config'), answer(one), answer({ ...one, c: '3' })));
});

test('an error may have the content type that Kafka Connect leaves out, and nothing else has one more', () => {
  const theirs = error(404, 'HTTP 404 Not Found', { contentType: null });
  assert.ok(same(get('/nowhere'), theirs, error(404, 'HTTP 404 Not Found')));
  assert.ok(!same(get('/nowhere'), theirs, error(404, 'HTTP 404 Not Found', { contentType: 'text/html' })));
  const empty = answer('', { status: 204, contentType: null });
  assert.ok(!same(put('/connectors/a/stop'), empty, { ...empty, contentType: JSON_TYPE }));
});

test('the words of Java itself may be others, the status and the form of the error not', () => {
  const request = post('/connectors', '{');
  const theirs = error(500, 'Unexpected end-of-input: expected close marker for Object\n at [Source: …]');
  assert.ok(same(request, theirs, error(500, 'This is no JSON')));
  assert.ok(!same(request, theirs, error(400, 'This is no JSON')));
  assert.ok(!same(request, theirs, answer('This is no JSON', { status: 500 })));
  assert.ok(!same(request, error(500, 'Failed to alter'), error(500, 'Failed')), 'words of Kafka Connect count');
  const page = answer('<html>Ambiguous URI</html>', { status: 400, contentType: 'text/html;charset=iso-8859-1' });
  assert.ok(same(get('//connectors'), page, error(400, 'This is no address')));
  assert.ok(!same(get('//connectors'), page, error(404, 'This is no address')));
  assert.ok(!same(get('//connectors'), page, answer('no error', { status: 400 })));
});

test('of what was validated the keys of each sink are its own, and those of Kafka Connect count', () => {
  const key = (name: string, group: string | null, errors: readonly string[] = []) => ({
    definition: { name, group },
    value: { name, errors, recommended_values: [] },
  });
  const request = put('/connector-plugins/HttpSink/config/validate', {});
  const infos = (groups: readonly string[], ...configs: readonly object[]) => answer({ name: 'x', groups, configs });
  const theirs = infos(['Common'], key('name', 'Common'), key('http.url', null));
  assert.ok(same(request, theirs, infos(['Common', 'HTTP'], key('name', 'Common'), key('http.url', 'HTTP'))));
  assert.ok(!same(request, theirs, infos(['Common'], key('name', 'Common', ['wrong']), key('http.url', 'HTTP'))));
  assert.ok(!same(request, theirs, infos(['Common'], key('http.url', 'HTTP'))));
  assert.ok(
    !same(request, theirs, infos(['Common'], key('name', 'Common'), key('transforms.a.type', 'Transforms: a'))),
  );
});
