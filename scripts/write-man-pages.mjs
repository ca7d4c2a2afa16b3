// The man pages of the program and its commands, from what the commands say of themselves. After a build: node scripts/write-man-pages.mjs [DIRECTORY]
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Config } from '@oclif/core';
import { commandShapes } from '../dist/commands/_command-shapes.js';
import { manPages } from '../dist/core/shell/man-page.js';

const root = fileURLToPath(new URL('..', import.meta.url));
const directory = process.argv[2] ?? join(root, 'man');
const config = await Config.load({ root });
const { version, description } = config.pjson;

// Whole anew: a page of a command that is gone must not stay.
rmSync(directory, { recursive: true, force: true });
mkdirSync(directory, { recursive: true });
for (const { file, text } of manPages(commandShapes(config), { version, description })) writeFileSync(join(directory, file), text);
