import { once } from 'node:events';
import { PassThrough } from 'node:stream';
import t from 'tap';
import { readBody } from '../../src/core/http-body.js';

const options = { maxBytes: 100, declared: null, request: 'GET http://portal.test/' };

void t.test('a body is read whole, in as many pieces as it comes', async (t) => {
  const body = new PassThrough();
  const read = readBody(body, options);
  body.write('one ');
  body.write('two ');
  body.end('three');
  t.equal((await read).toString(), 'one two three');
});

void t.test('one that fails is an error: before anybody reads it, while it is read, and without a reason', async (t) => {
  const failed = new PassThrough();
  failed.destroy(new Error('gone before'));
  await once(failed, 'error');
  await t.rejects(readBody(failed, options), { message: 'gone before' });

  const closed = new PassThrough();
  closed.destroy();
  await once(closed, 'close');
  await t.rejects(readBody(closed, options), { message: /broke off/ });

  const failing = new PassThrough();
  const read = readBody(failing, options);
  failing.write('half');
  failing.destroy(new Error('gone meanwhile'));
  await t.rejects(read, { message: 'gone meanwhile' });

  const closing = new PassThrough();
  const rest = readBody(closing, options);
  closing.destroy();
  await t.rejects(rest, { message: /broke off/ });
});

void t.test('a longer one than allowed is left at once', async (t) => {
  const body = new PassThrough();
  const read = readBody(body, options);
  body.write('x'.repeat(101));
  await t.rejects(read, { message: /larger than 100 bytes/ });
  t.ok(body.destroyed);
});
