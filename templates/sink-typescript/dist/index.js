import { readFile, rename, writeFile } from 'node:fs/promises';
import { resolve } from 'node:path';
import { BASE_DIRECTORY, BrcSyncError, CONFIG, contains, defineSink } from 'brc-sync/sdk';
/**
 * Keeps records in one JSON file. Where your system keeps them, put its own ways in place of `load` and `store`.
 */
function makeSink(file) {
    /** Changes are put several at once; they take turns here. */
    let turn = Promise.resolve();
    async function load() {
        try {
            return JSON.parse(await readFile(file, 'utf8'));
        }
        catch (error) {
            const { code, message: reason } = error;
            if (code === 'ENOENT')
                return [];
            const message = `${file} cannot be read: ${reason}`;
            throw new BrcSyncError('SINK_UNREACHABLE', { message, remedy: 'Restore the file, or name another in the configuration.' });
        }
    }
    /** A record takes the place of that of the same job: put twice, it is there once. The file is the old or the new one, whenever this dies. */
    async function store(record) {
        const others = (await load()).filter(({ jobId }) => jobId !== record.jobId);
        await writeFile(`${file}.new`, JSON.stringify([...others, record], null, 1));
        await rename(`${file}.new`, file);
    }
    async function* list(signal, isWanted) {
        signal.throwIfAborted();
        yield (await load()).filter(isWanted);
    }
    const startsIn = ({ startedAt }, window) => startedAt !== null && contains(window, startedAt);
    return {
        target: file,
        openRecords: ({ statuses, window, signal }) => list(signal, (record) => record.state !== null && statuses.includes(record.state) && startsIn(record, window)),
        recordsOfAccount: (account, { window, signal }) => list(signal, (record) => record.account === account && startsIn(record, window)),
        async record(jobId, { signal }) {
            signal.throwIfAborted();
            return (await load()).find((record) => record.jobId === jobId) ?? null;
        },
        async put({ after }, { signal }) {
            signal.throwIfAborted();
            const stored = turn.then(() => store(after));
            turn = stored.catch(() => undefined);
            await stored;
            return { status: 'applied' };
        },
        async check() {
            return [{ name: 'records', ok: true, message: `${(await load()).length} records in ${file}`, remedy: null }];
        },
    };
}
export default defineSink({
    apiVersion: 1,
    kind: 'sink',
    name: 'plugin-name',
    description: 'Keeps records in a JSON file.',
    configSchema: {
        type: 'object',
        required: ['file'],
        properties: { file: { description: 'Where the records are kept.', type: 'string', minLength: 1, examples: ['records.json'] } },
    },
    useFactory: (resolveToken) => makeSink(resolve(resolveToken(BASE_DIRECTORY), resolveToken(CONFIG).file)),
});
