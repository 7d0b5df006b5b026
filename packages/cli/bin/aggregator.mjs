#!/usr/bin/env node
import { runCli } from '../src/index.ts';

process.exitCode = await runCli(process.argv.slice(2), {
  write: (text) => process.stdout.write(text),
  warn: (text) => process.stderr.write(text),
  environment: process.env,
});
