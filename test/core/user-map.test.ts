import { join } from 'node:path';
import fc from 'fast-check';
import t, { type Test } from 'tap';
import { BrcSyncError } from '../../src/core/errors.js';
import { loadUserMap, type UserMap } from '../../src/core/user-map.js';

function load(t: Test, text: string): Promise<UserMap> {
  return loadUserMap(join(t.testdir({ users: text }), 'users'));
}

async function refusal(t: Test, text: string): Promise<BrcSyncError> {
  try {
    await load(t, text);
  } catch (error) {
    if (error instanceof BrcSyncError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

void t.test('money 4: a passwd file', async (t) => {
  const users = await load(
    t,
    [
      'root:x:0:0:root:/root:/bin/bash',
      '# comment: with colons, and a comma',
      '',
      'alice:x:40001:40000:Alice, Room 1,,:/home/alice:/bin/bash',
      'bob:$6$crypt:40002:40000::/home/bob:/bin/sh',
      'svc.web-1$:x:0040003:1::/:/sbin/nologin',
      'alice:x:40001:40000:again:/home/alice:/bin/bash',
      'twin:x:40001:40000::/home/alice:/bin/bash',
    ].join('\n'),
  );
  t.equal(users.size, 5);
  t.equal(users.uidOf('root'), '0');
  t.equal(users.uidOf('alice'), '40001', 'the same line twice is one user');
  t.equal(users.uidOf('bob'), '40002');
  t.equal(users.uidOf('svc.web-1$'), '40003', 'uids are numbers');
  t.equal(users.uidOf('twin'), '40001', 'two names may share a uid');
  for (const unknown of ['Alice', 'alic', '', '40001', 'constructor', '# comment']) t.equal(users.uidOf(unknown), null, unknown);
});

void t.test('money 4: a CSV file', async (t) => {
  for (const header of ['user,uid', 'username,uid', 'name,uid', 'User , UID', '\uFEFFuser,uid']) {
    const users = await load(t, `${header}\r\nalice,40001\r\n\r\n bob , 40002 \r\n`);
    t.same([users.size, users.uidOf('alice'), users.uidOf('bob'), users.uidOf('user')], [2, '40001', '40002', null], header);
  }
  const users = await load(t, '# from the portal\nuid,email,username\n40001,a@example.org,alice');
  t.equal(users.uidOf('alice'), '40001', 'columns in any order, beside others');
});

void t.test('every user written is found again', async (t) => {
  const names = fc.stringMatching(/^[a-z_][a-z0-9_.-]{0,30}$/);
  const uids = fc.dictionary(names, fc.integer({ min: 0, max: 4_294_967_294 }), { minKeys: 1 });
  await fc.assert(
    fc.asyncProperty(uids, fc.boolean(), async (uidOf, asPasswd) => {
      const entries = Object.entries(uidOf);
      const lines = entries.map(([name, uid]) => (asPasswd ? `${name}:x:${uid}:100::/home/${name}:/bin/sh` : `${name},${uid}`));
      const users = await load(t, [...(asPasswd ? [] : ['user,uid']), ...lines, ''].join('\n'));
      return users.size === entries.length && entries.every(([name, uid]) => users.uidOf(name) === String(uid));
    }),
    { numRuns: 50 },
  );
});

void t.test('a bad line is named with file, line and value', async (t) => {
  const cases: readonly (readonly [string, number, string | null, RegExp])[] = [
    ['root:x:0:0\nalice:x:4000a:1', 2, '4000a', /uid "4000a" of alice is not a numeric uid/],
    ['alice:x:-1:1', 1, '-1', /not a numeric uid/],
    ['alice:x::1', 1, '', /not a numeric uid/],
    ['alice:x:4294967295:1', 1, '4294967295', /not a numeric uid/],
    ['root:x:0:0\nalice:x', 2, null, /has 2 of the 7 fields/],
    [':x:1:1', 1, '', /user "" is not a user name/],
    ['root:x:0:0\n+::::::', 2, '+', /is not a user name/],
    ['two words:x:1:1', 1, 'two words', /is not a user name/],
    ['user,uid\nalice,', 2, '', /not a numeric uid/],
    ['user,uid\n\nalice,40001,x', 3, null, /has 3 fields, the header has 2/],
    ['user,uid\nalice', 2, null, /has 1 fields, the header has 2/],
    ['user,uid\n"alice",40001', 2, null, /has quotes/],
    ['"user","uid"\nalice,40001', 1, null, /has quotes/],
    ['alice,40001\nbob,40002', 1, 'alice,40001', /header "alice,40001" does not have/],
    ['user,name,uid\na,b,1', 1, 'user,name,uid', /exactly one column/],
    ['user;uid\nalice;1', 1, 'user;uid', /does not have/],
  ];
  for (const [text, line, value, message] of cases) {
    const error = await refusal(t, text);
    t.equal(error.code, 'USER_MAP_INVALID', text);
    t.match(error.context, { file: /users$/, line, value });
    t.match(error.message, message);
    t.ok(error.message.includes(`users line ${line}:`), error.message);
    t.match(error.remedy, /getent passwd.*user,uid/);
  }
});

void t.test('a name with two uids is an error that names both', async (t) => {
  const error = await refusal(t, 'alice:x:40001:1::/:\nbob:x:40002:1::/:\nalice:x:40009:1::/:');
  t.equal(error.code, 'USER_MAP_INVALID');
  t.match(error.message, /users line 3: user "alice" has uid 40009, but uid 40001 in line 1\.$/);
  t.match(error.context, { line: 3, value: '40009', user: 'alice' });
});

void t.test('password hashes of old passwd files are never shown', async (t) => {
  for (const text of ['alice:$6$crypt', 'alice:$6$crypt:x:1', 'alice:$6$crypt:1:1\nalice:$6$crypt:2:1']) {
    const error = await refusal(t, text);
    t.notMatch(`${error.message} ${JSON.stringify(error.context)}`, /crypt/);
  }
});

void t.test('an empty map and a missing file are errors', async (t) => {
  for (const text of ['', '\n\n', '# nobody\n', 'user,uid\n'])
    t.equal((await refusal(t, text)).code, 'USER_MAP_INVALID', JSON.stringify(text));
  await t.rejects(loadUserMap(join(t.testdir({}), 'nowhere')), { code: 'INPUT_NOT_FOUND', message: /nowhere cannot be read/ });
});
