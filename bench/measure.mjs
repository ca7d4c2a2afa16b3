// Runs a command and tells its wall time, and as the kernel counts them (Linux; null elsewhere) its CPU time and its highest resident memory.
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const SAMPLE_MS = 20;
/** Of the kernel's clock towards programs, on every Linux. */
const TICKS_A_SECOND = 100;

export async function measure(command, args, options = {}) {
  const began = process.hrtime.bigint();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
  let peakKib = null;
  let cpuSeconds = null;
  // Both only grow, so that the last sample before the end has missed little.
  const sampler = setInterval(() => {
    peakKib = highWaterMark(child.pid) ?? peakKib;
    cpuSeconds = cpuTime(child.pid) ?? cpuSeconds;
  }, SAMPLE_MS);
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  clearInterval(sampler);
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  return { code, seconds, cpuSeconds, peakMb: peakKib === null ? null : (peakKib * 1024) / 1e6, stdout };
}

function highWaterMark(pid) {
  const line = /^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`));
  return line === null ? null : Number(line[1]);
}

/** In user and kernel mode. */
function cpuTime(pid) {
  const fields = read(`/proc/${pid}/stat`)
    .replace(/^.*\) /, '')
    .split(' ');
  return fields.length < 13 ? null : (Number(fields[11]) + Number(fields[12])) / TICKS_A_SECOND;
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
