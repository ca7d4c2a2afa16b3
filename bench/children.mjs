// The highest resident memory of the programs of one name that run with a given environment variable (Linux; null elsewhere).
import { readdirSync, readFileSync } from 'node:fs';

const SAMPLE_MS = 50;

export function watchPrograms(name, variable) {
  let peakKib = null;
  const sample = () => {
    for (const pid of runningPrograms(name, variable)) peakKib = Math.max(peakKib ?? 0, highWaterMark(pid));
  };
  const sampler = setInterval(sample, SAMPLE_MS);
  return () => {
    clearInterval(sampler);
    return peakKib === null ? null : (peakKib * 1024) / 1e6;
  };
}

function runningPrograms(name, variable) {
  return readdirSync('/proc')
    .filter((entry) => /^\d+$/.test(entry))
    .filter((pid) => read(`/proc/${pid}/comm`).trim() === name && read(`/proc/${pid}/environ`).split('\0').includes(variable));
}

function highWaterMark(pid) {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(read(`/proc/${pid}/status`))?.[1] ?? 0);
}

function read(path) {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
