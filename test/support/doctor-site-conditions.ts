import { line } from '../plugins/sources/sacct/fake-slurm.js';
import { type Condition } from './doctor-condition.js';

export const SLURM: readonly Condition[] = [
  {
    ...{ title: 'no sacct', check: 'slurm sacct', level: 'failure', exit: 6, says: /no such program/, remedy: /"command"/ },
    break: (site) => site.source((config) => (config.command = ['/nonexistent/sacct'])),
    mend: (site) => site.source((config) => (config.command = [site.program('sacct')])),
  },
  {
    ...{
      title: 'a slurmdbd that is down',
      check: 'slurm slurmdbd',
      level: 'failure',
      exit: 6,
      says: /does not answer/,
      remedy: /Start slurmdbd/,
    },
    break: (site) => site.source((config) => (config.sacctmgr = ['sh', '-c', 'echo "Connection refused" >&2; exit 1'])),
    mend: (site) => site.source((config) => (config.sacctmgr = [site.program('sacctmgr')])),
  },
  {
    ...{ title: 'jobs of others that are hidden', check: 'slurm permission', level: 'failure', exit: 6, says: /does not see other people/ },
    remedy: /adminlevel=operator/,
    break: (site) => site.slurm.write('settings', 'SlurmDBD configuration:\nPrivateData = jobs\nSlurmUser = slurm(64030)\n'),
    mend: (site) => site.slurm.write('level', 'Operator\n'),
  },
  {
    ...{
      title: 'a limit of the questions to slurmdbd',
      check: 'slurm query range',
      level: 'failure',
      says: /7-00:00:00/,
      remedy: /sliceDays to 7/,
    },
    break: (site) => {
      site.slurm.write('level', 'None\n');
      site.slurm.write(
        'settings',
        'SlurmDBD configuration:\nMaxQueryTimeRange = 7-00:00:00\nPrivateData = none\nSlurmUser = slurm(64030)\n',
      );
    },
    mend: (site, remedy) => site.source((config) => (config.sliceDays = Number(/\d+/.exec(remedy)?.[0]))),
  },
  {
    ...{
      title: 'a cluster that Slurm does not know',
      check: 'slurm clusters',
      level: 'failure',
      says: /savoi unknown/,
      remedy: /there are: savio/,
    },
    break: (site) => site.source((config) => (config.clusters = ['savoi'])),
    mend: (site) => site.source((config) => (config.clusters = ['savio'])),
  },
  {
    ...{ title: 'a clock behind that of Slurm', check: 'slurm clock', level: 'warning', says: /ahead of this machine/, remedy: /NTP/ },
    break: (site) =>
      site.slurm.write(
        'rows',
        `${line({ Submit: Math.floor(Date.now() / 1000) + 900, Start: 'Unknown', End: 'Unknown', State: 'PENDING' })}\n`,
      ),
    mend: (site) => site.slurm.write('rows', ''),
  },
  {
    ...{
      title: 'a sinfo that fails',
      check: 'slurm partitions',
      level: 'warning',
      says: /no such program/,
      remedy: /Install the Slurm client tools/,
    },
    break: (site) => site.source((config) => (config.sinfo = ['/nonexistent/sinfo'])),
    mend: (site) => site.source((config) => (config.sinfo = [site.program('sinfo')])),
  },
];

export const PRICES: readonly Condition[] = [
  {
    ...{ title: 'no price list', check: 'mybrc prices', level: 'failure', says: /no price list/, remedy: /Add "prices"/ },
    break: (site) => site.edit((file) => delete file.site.prices),
    mend: (site) => site.edit((file) => (file.site.prices = 'prices.toml')),
  },
  {
    ...{
      title: 'a price list that is not there',
      check: 'mybrc prices',
      level: 'failure',
      says: /cannot be read/,
      remedy: /bank-config\.toml/,
    },
    break: (site) => site.edit((file) => (file.site.prices = 'none.toml')),
    mend: (site) => site.edit((file) => (file.site.prices = 'prices.toml')),
  },
  {
    ...{ title: 'a price that is none', check: 'mybrc prices', level: 'failure', says: /not a number/, remedy: /one line a partition/ },
    break: (site) => site.write('prices.toml', '[PartitionPrice]\nsavio3 = "one"\n'),
    mend: (site) => site.write('prices.toml', '[PartitionPrice]\nsavio3 = 1.00\n'),
  },
  {
    ...{
      title: 'no list in force',
      check: 'mybrc prices',
      level: 'failure',
      says: /no list is in force/,
      remedy: /in front of the others/,
    },
    break: (site) => site.edit((file) => (file.site.prices = [{ from: '2999-06-01', file: 'prices.toml' }])),
    mend: (site) => site.edit((file) => (file.site.prices = [{ file: 'prices.toml' }, { from: '2999-06-01', file: 'prices.toml' }])),
  },
  {
    ...{
      title: 'a partition of Slurm without a price',
      check: 'mybrc partitions',
      level: 'warning',
      says: /savio4/,
      remedy: /\[PartitionPrice\]/,
    },
    break: (site) => site.slurm.write('sinfo', '#!/bin/sh\necho savio3\necho savio4\n'),
    mend: (site) => site.write('prices.toml', '[PartitionPrice]\nsavio3 = 1.00\nsavio4 = 0\n'),
  },
  {
    ...{ title: 'a name with capitals', check: 'mybrc prices', level: 'warning', says: /prices at 0: Savio3_gpu/, remedy: /small letters/ },
    break: (site) => site.write('prices.toml', '[PartitionPrice]\nsavio3 = 1.00\nsavio4 = 1.00\nSavio3_gpu = 2.00\n'),
    mend: (site) => site.write('prices.toml', '[PartitionPrice]\nsavio3 = 1.00\nsavio4 = 1.00\nsavio3_gpu = 2.00\n'),
  },
  {
    ...{ title: 'no user map where it should be', check: 'mybrc users', level: 'failure', says: /passwd/, remedy: /getent passwd > FILE/ },
    break: (site) => site.edit((file) => (file.site.userMap = { file: 'passwd' })),
    mend: (site) => site.write('passwd', 'ada:x:1000:1000::/:/bin/sh\n'),
  },
  {
    ...{ title: 'a user with two uids', check: 'mybrc users', level: 'failure', says: /1001/, remedy: /./ },
    break: (site) => {
      site.edit((file) => (file.site.userMap = { file: 'users' }));
      site.write('users', 'ada:x:1000:1::/:\nada:x:1001:1::/:\n');
    },
    mend: (site) => site.write('users', 'ada:x:1000:1::/:\n'),
  },
];
