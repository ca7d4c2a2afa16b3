import t from 'tap';
import { assertBillableVersion, assertSlurmdbReply, slurmdbVersion, type SlurmdbReply } from '../../../src/core/slurm/slurmdb-reply.js';
import { readRecording } from './recordings.js';

function replyOf(name: string): SlurmdbReply {
  const text = readRecording(name);
  return JSON.parse(text.slice(text.indexOf('{'))) as SlurmdbReply;
}

void t.test('each recorded reply tells its version; 36 and 37 are refused', (t) => {
  for (const version of ['v0.0.36', 'v0.0.37', 'v0.0.38']) {
    t.equal(slurmdbVersion(replyOf(`slurm-22.05.8/rest-${version}-jobs.json`).meta), version);
  }
  for (const version of ['v0.0.41', 'v0.0.42', 'v0.0.44']) {
    const { meta } = replyOf(`slurm-25.11.7/rest-${version}-jobs.json`);
    t.equal(slurmdbVersion(meta), version);
    t.doesNotThrow(() => assertBillableVersion(meta));
  }
  for (const version of ['v0.0.36', 'v0.0.37']) {
    const { meta } = replyOf(`slurm-22.05.8/rest-${version}-jobs.json`);
    t.throws(() => assertBillableVersion(meta), { code: 'INPUT_INVALID', message: /eligible time/, context: { version } });
  }
  t.doesNotThrow(() => assertBillableVersion(replyOf('slurm-22.05.8/rest-v0.0.38-jobs.json').meta));
  t.equal(slurmdbVersion({ plugin: { type: '', data_parser: 'v0.0.46+complex' } }), 'v0.0.46');
  t.end();
});

void t.test('without a version nothing is guessed', (t) => {
  for (const meta of [undefined, null, 'v0.0.41', {}, { plugin: { type: 'openapi/slurmdbd' } }, { Slurm: { release: '22.05.8' } }]) {
    t.equal(slurmdbVersion(meta), null);
    t.throws(() => assertBillableVersion(meta), { code: 'INPUT_INVALID', remedy: /meta/ });
  }
  t.end();
});

void t.test('a failure beside an empty list is a failure; nothing found is none', (t) => {
  const good = [
    'slurm-22.05.8/rest-v0.0.38-jobs.json',
    'slurm-22.05.8/rest-v0.0.38-job-unknown.http',
    'slurm-25.11.7/rest-v0.0.44-empty.http',
  ];
  for (const name of good) t.doesNotThrow(() => assertSlurmdbReply(replyOf(name)), name);
  const bad: readonly (readonly [SlurmdbReply, RegExp])[] = [
    [replyOf('slurm-22.05.8/rest-v0.0.38-bad-token.http'), /Protocol authentication error \(1007\)/],
    [replyOf('slurm-22.05.8/rest-v0.0.38-bad-time.http'), /Unable to parse time format \(9000\)/],
    [replyOf('slurm-25.11.7/rest-v0.0.44-bad-token.http'), /Unable to connect to database.*\(7000\)/],
    [{ errors: [{ error_number: 9003 }, { error_number: 7000, error: 'Unable to connect to database' }] }, /database/],
    [{ errors: ['broken'] }, /broken/],
    [{ errors: [null] }, /null/],
    [{ errors: 'broken' }, /no list/],
  ];
  for (const [reply, message] of bad) t.throws(() => assertSlurmdbReply(reply), { code: 'INPUT_INVALID', message }, String(message));
  t.end();
});
