// Runs a command and tells its wall time, and its highest resident memory as the kernel counts it (Linux; null elsewhere).
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

const SAMPLE_MS = 20;

export async function measure(command, args, options = {}) {
  const began = process.hrtime.bigint();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'], ...options });
  let peakKib = null;
  // VmHWM only grows, so that the last sample before the end has missed little.
  const sampler = setInterval(() => (peakKib = highWaterMark(child.pid) ?? peakKib), SAMPLE_MS);
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  clearInterval(sampler);
  const seconds = Number(process.hrtime.bigint() - began) / 1e9;
  return { code, seconds, peakMb: peakKib === null ? null : (peakKib * 1024) / 1e6, stdout };
}

function highWaterMark(pid) {
  try {
    const line = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return line === null ? null : Number(line[1]);
  } catch {
    return null;
  }
}
