import { readFileSync, writeFileSync } from 'node:fs';
import { daemon, type Cluster } from './cluster.js';

/** Runs with one more line in slurmdbd.conf. */
export async function withSetting(cluster: Cluster, line: string, run: () => Promise<void>): Promise<void> {
  const file = `${cluster.directory}/slurmdbd.conf`;
  const restart = (text: string): void => {
    writeFileSync(file, text);
    daemon(cluster, 'stop', 'slurmdbd');
    daemon(cluster, 'start', 'slurmdbd');
  };
  const before = readFileSync(file, 'utf8');
  restart(`${before}${line}\n`);
  try {
    await run();
  } finally {
    restart(before);
  }
}
