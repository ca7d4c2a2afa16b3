import { bold, dim } from 'ansis';
import type { Status } from '../core/status.js';
import type { RunKind } from '../core/status/run-kinds.js';
import type { Waiting } from '../core/status/waiting.js';
import { visibleText } from '../core/visible-text.js';
import { whenText } from './_state-directory.js';
import { fitText } from './_fit-text.js';
import { renderTable } from './_table.js';

const RIGHT = { align: 'right' as const };

/** How the last runs ended, what waits, what to type next: at most `width` characters wide, commands excepted. */
export function renderStatus(status: Status, width: number): string {
  const { stateDirectory, runs, atWork, waiting, next } = status;
  const working = atWork.map(({ command, runId, pid, host, since }) => {
    return `At work: ${command}, run ${runId}, process ${pid} on ${host}, since ${whenText(since, status.timeZone)}.`;
  });
  const parts = [
    `State directory: ${stateDirectory}`,
    runs.length === 0 ? '' : runTable(runs, width),
    working.join('\n'),
    waiting.length === 0 ? '' : [bold('Waits for you:'), ...waiting.flatMap(waitingLines)].join('\n'),
    next === null ? nothingWaits(status) : `${bold('Next:')} ${next}`,
  ];
  return fitText(parts.filter((part) => part !== '').join('\n\n'), width);
}

function nothingWaits({ atWork }: Status): string {
  return atWork.length > 0 ? 'Nothing waits for you: a run is at work.' : 'Nothing waits for you.';
}

function runTable(runs: readonly RunKind[], width: number): string {
  const hasSource = runs.some(({ source }) => source !== null);
  const columns = [
    { title: 'LAST RUN' },
    ...(hasSource ? [{ title: 'SOURCE → SINK' }] : []),
    { title: 'WHEN' },
    { title: 'OUTCOME' },
    { title: 'CHANGES', ...RIGHT },
    { title: 'SU NET', ...RIGHT },
    { title: 'ENDED WELL LAST' },
  ];
  return renderTable(
    columns,
    runs.map((run) => cellsOf(run, hasSource)),
    width,
  );
}

function cellsOf(run: RunKind, hasSource: boolean): string[] {
  const { command, source, sink, startedAt, timeZone, outcome, exitCode, changes, planned, suNet, lastSuccessAt } = run;
  const ended = exitCode === null || exitCode === 0 ? outcome : `${outcome} (${exitCode})`;
  return [
    command ?? '?',
    ...(hasSource ? [source === null ? '' : `${source} → ${sink}`] : []),
    whenText(startedAt, timeZone),
    ended,
    planned === null ? '' : `${changes} of ${planned}`,
    suNet ?? '',
    lastSuccessAt === null ? 'never' : lastSuccessAt === startedAt ? 'this one' : whenText(lastSuccessAt, timeZone),
  ];
}

function waitingLines({ message, command }: Waiting): string[] {
  return [`- ${visibleText(message)}`, dim(`  → ${command}`)];
}
