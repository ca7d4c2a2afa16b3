// Which calls a source makes of Slurm, and how to make them again with their answers thrown away.
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { createServer, request } from 'node:http';
import { join } from 'node:path';

/** A command for the source `sacct` that runs it and leaves a note of it in the directory: arguments, beginning and end. */
export function notingCommand(program, directory) {
  mkdirSync(directory, { recursive: true });
  const script = `began=$(date +%s%N); ${program} "$@"; status=$?; printf '%s\\n' "$began" "$(date +%s%N)" ${program} "$@" >"${directory}/$$"; exit $status`;
  return ['sh', '-c', script, program];
}

/** What was noted, in order of beginning. */
export function notedCommands(directory) {
  const notes = readdirSync(directory).map((name) => readFileSync(join(directory, name), 'utf8').trimEnd().split('\n'));
  return notes.map(([start, end, ...command]) => ({ start: Number(start), end: Number(end), command })).sort(byStart);
}

/** A server that passes requests on to slurmrestd and notes them. */
export async function notingServer(target) {
  const calls = [];
  const server = createServer((incoming, outgoing) => {
    const call = { start: Number(process.hrtime.bigint()), end: Infinity, path: incoming.url, bytes: 0 };
    const { method, headers } = incoming;
    const forwarded = request(new URL(incoming.url, target), { method, headers }, (answer) => {
      outgoing.writeHead(answer.statusCode, answer.headers);
      answer.on('data', (chunk) => (call.bytes += chunk.length));
      answer.on('end', () => {
        call.end = Number(process.hrtime.bigint());
        calls.push(call);
      });
      answer.pipe(outgoing);
    });
    forwarded.on('error', () => outgoing.destroy());
    incoming.pipe(forwarded);
  });
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    calls: () => [...calls].sort(byStart),
    close: () => new Promise((resolve) => server.close(resolve)),
  };
}

/** Runs a command and throws its output away. */
export function perform([program, ...args], env) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'ignore', 'inherit'], env });
    child.on('error', reject);
    child.on('close', (code) => (code === 0 ? resolve() : reject(new Error(`${program} ended with ${code}`))));
  });
}

function byStart(one, other) {
  return one.start - other.start;
}
