import { chmodSync, rmSync } from 'node:fs';
import { follow, type Condition } from './doctor-condition.js';

export const CONFIGURATION: readonly Condition[] = [
  {
    ...{ title: 'no plugins file', check: 'configuration', level: 'failure', says: /there is no plugins file/, remedy: /--plugins FILE/ },
    break: (site) => (site.environment.BRC_SYNC_PLUGINS = site.path('none.json')),
    mend: (site) => (site.environment.BRC_SYNC_PLUGINS = site.path('plugins.json')),
  },
  {
    ...{ title: 'a key that there is not', check: 'configuration', level: 'failure', says: /sliceDay\b/, remedy: /Correct the file/ },
    break: (site) => site.source((config) => (config.sliceDay = 7)),
    mend: (site) => site.source((config) => delete config.sliceDay),
  },
  {
    ...{ title: 'a time zone that there is not', check: 'configuration', level: 'failure', says: /time zone/, remedy: /Correct the file/ },
    break: (site) => site.edit((file) => (file.site.timeZone = 'America/Berkeley')),
    mend: (site) => site.edit((file) => (file.site.timeZone = 'America/Los_Angeles')),
  },
  {
    ...{ title: 'a plugins file that anybody may write', check: 'configuration', level: 'failure' },
    ...{ says: /can be written by every user/, remedy: /chmod o-w/, mend: follow },
    break: (site) => chmodSync(site.path('plugins.json'), 0o666),
  },
  {
    ...{ title: 'no instance', check: 'plugins', level: 'failure', says: /no instance/, remedy: /brc-sync init/ },
    break: (site) => {
      site.write('none.json', '{"instances":[]}');
      site.environment.BRC_SYNC_PLUGINS = site.path('none.json');
    },
    mend: (site) => (site.environment.BRC_SYNC_PLUGINS = site.path('plugins.json')),
  },
  {
    ...{
      title: 'a plugin that cannot be made',
      check: 'mybrc plugin',
      level: 'failure',
      says: /portal\.example/,
      remedy: /https|allowInsecure/,
    },
    break: (site) => site.sink((config) => (config.baseUrl = 'http://portal.example/api/')),
    mend: (site) => site.sink((config) => (config.baseUrl = site.portal.baseUrl)),
  },
];

export const PORTAL: readonly Condition[] = [
  {
    ...{
      title: 'a token file that is not there',
      check: 'mybrc token',
      level: 'failure',
      says: /cannot be read/,
      remedy: /Check its path/,
    },
    break: (site) => rmSync(site.path('portal.token')),
    mend: (site) => site.write('portal.token', site.keyOf('staff'), 0o600),
  },
  {
    ...{ title: 'a token that the portal does not know', check: 'mybrc token', level: 'failure', exit: 6, says: /Invalid token/ },
    ...{ remedy: /API token of a staff account/, break: (site) => site.write('portal.token', 'f'.repeat(40)) },
    mend: (site) => site.write('portal.token', site.keyOf('staff')),
  },
  {
    ...{
      title: 'a token that has expired',
      check: 'mybrc token',
      level: 'failure',
      exit: 6,
      says: /Expired token/,
      remedy: /Get a new token/,
    },
    break: (site) => site.write('portal.token', site.keyOf('expired')),
    mend: (site) => site.write('portal.token', site.keyOf('staff')),
  },
  {
    ...{ title: 'a token of nobody of the staff', check: 'mybrc permission', level: 'failure', exit: 6, says: /no staff/ },
    ...{ remedy: /use the token of one that is/, break: (site) => site.write('portal.token', site.keyOf('reader')) },
    mend: (site) => site.write('portal.token', site.keyOf('staff')),
  },
  {
    ...{ title: 'a token file for everybody', check: 'mybrc token', level: 'warning', says: /open to other users/, remedy: /chmod 600/ },
    ...{ break: (site) => chmodSync(site.path('portal.token'), 0o644), mend: follow },
  },
  {
    ...{
      title: 'a portal that does not answer',
      check: 'mybrc portal',
      level: 'failure',
      exit: 6,
      says: /nobody listens/,
      remedy: /that the portal is up/,
    },
    break: (site) => site.sink((config) => (config.baseUrl = 'http://127.0.0.1:1/api/')),
    mend: (site) => site.sink((config) => (config.baseUrl = site.portal.baseUrl)),
  },
  {
    ...{
      title: 'an address that is not the API’s',
      check: 'mybrc address',
      level: 'failure',
      says: /does not end in \/api\//,
      remedy: /baseUrl/,
    },
    break: (site) => site.sink((config) => (config.baseUrl = site.portal.baseUrl.replace('api/', ''))),
    mend: (site) => site.sink((config) => (config.baseUrl = site.portal.baseUrl)),
  },
];

export const FILES: readonly Condition[] = [
  {
    ...{
      title: 'a file in place of the state directory',
      check: 'state directory',
      level: 'failure',
      says: /is no directory/,
      remedy: /--state-dir/,
    },
    break: (site) => (site.environment.BRC_SYNC_STATE_DIR = site.path('prices.toml')),
    mend: (site) => (site.environment.BRC_SYNC_STATE_DIR = site.path('state')),
  },
  {
    ...{ title: 'a state directory that others may write', check: 'state directory', level: 'warning', says: /written by others/ },
    ...{ remedy: /chmod go-w/, break: (site) => chmodSync(site.path('state'), 0o777), mend: follow },
  },
  {
    ...{ title: 'no place for locks', check: 'lock', level: 'failure', says: /may not write/, remedy: /BRC_SYNC_LOCK_DIR/ },
    break: (site) => (site.environment.BRC_SYNC_LOCK_DIR = site.path('prices.toml/locks')),
    mend: (site) => (site.environment.BRC_SYNC_LOCK_DIR = site.path('locks')),
  },
  {
    ...{ title: 'something that is no lock', check: 'lock', level: 'failure', says: /is not a lock of brc-sync/, remedy: /rm / },
    ...{ break: (site) => site.write('locks/brc-sync-00ff.lock', 'mine'), mend: follow },
  },
  {
    ...{ title: 'a lock of another host', check: 'lock', level: 'warning', says: /process 7 on elsewhere/, remedy: /rm /, mend: follow },
    break: (site) => {
      const holder = {
        runId: 'r',
        command: 'run full',
        pid: 7,
        host: 'elsewhere',
        since: '2026-11-20T00:00:00Z',
        target: 'https://portal.example/api/',
      };
      site.write('locks/brc-sync-00ff.lock', JSON.stringify(holder));
    },
  },
];
