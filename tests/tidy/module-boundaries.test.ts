import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isTest, readImports, readSourceFiles, root } from './source-files.ts';

type Layer = 'word' | 'pure' | 'io' | 'app' | 'operator' | 'web' | 'test';

/** Which layers a layer may import, and which npm packages never (docs/architecture.md has the table for people). */
const rules: Record<Layer, { layers: readonly Layer[]; banned: RegExp }> = {
  word: { layers: [], banned: /^(?!zod$)/ },
  pure: {
    layers: ['word', 'pure'],
    banned:
      /^(express|@?prisma|kafkajs|amqplib|ioredis|winston|undici|axios|pg|@nats-io|node:(fs|net|http|https|tls|dgram|child_process))/,
  },
  io: { layers: ['word', 'pure', 'io'], banned: /^@?prisma/ },
  app: { layers: ['word', 'pure', 'io'], banned: /^(@kubernetes\/|kafkajs|amqplib|@nats-io)/ },
  operator: { layers: ['word', 'pure', 'io'], banned: /^(@?prisma|kafkajs)/ },
  // Of other rooms only types, which leave nothing in the pages, and files that import nothing.
  web: { layers: ['word'], banned: /^(node:|express|zod$)/ },
  test: { layers: ['word', 'pure', 'io', 'app', 'operator', 'test'], banned: /^$/ },
};

interface Room {
  name: string;
  folder: string;
  layer: Layer;
}

function readRooms(): Room[] {
  return ['packages', 'apps', 'operators'].flatMap((parent) =>
    readdirSync(join(root, parent)).map((name) => {
      const manifest = JSON.parse(readFileSync(join(root, parent, name, 'package.json'), 'utf8'));
      const tag: string = manifest.nx.tags[0];
      return { name: manifest.name, folder: `${parent}/${name}`, layer: tag.replace('layer:', '') as Layer };
    }),
  );
}

/** The embedded form is the six services in one process, so it alone may import apps. */
const mayImportApps = (room: Room) => room.folder === 'apps/standalone';

describe('module boundaries', () => {
  const rooms = readRooms();
  const byName = new Map(rooms.map((room) => [room.name, room]));

  it.each(rooms.map((room) => [room.folder, room] as const))('%s imports only what its layer may', (_folder, room) => {
    const rule = rules[room.layer];
    const faults = readSourceFiles(`${room.folder}/src`, ['.ts', '.tsx'])
      .filter((file) => !isTest(file.path))
      .flatMap((file) => readImports(file.text).flatMap((specifier) => judge(room, rule, file.path, specifier)));

    expect(faults).toEqual([]);
  });

  it('takes nothing but types, and files that import nothing, of other rooms into the pages', () => {
    const web = rooms.filter(({ layer }) => layer === 'web');
    const faults = web.flatMap((room) =>
      readSourceFiles(`${room.folder}/src`, ['.ts', '.tsx']).flatMap(({ path, text }) =>
        [...text.matchAll(/^(?:import|export) (?!type\b)[^;]*?from '(@aggregator\/[^']+)'/gms)]
          .filter(([, specifier = '']) => !isLeaf(specifier))
          .map(([, specifier]) => `${path}: ${specifier}`),
      ),
    );

    expect(web.length).toBeGreaterThan(0);
    expect(faults).toEqual([]);
  });

  /** True if the file behind a path like `@aggregator/contracts/provider-types` imports nothing. */
  function isLeaf(specifier: string): boolean {
    const [scope, name, ...rest] = specifier.split('/');
    const room = byName.get(`${scope}/${name}`);
    if (room === undefined || rest.length === 0) return false;
    const { exports } = JSON.parse(readFileSync(join(root, room.folder, 'package.json'), 'utf8'));
    const file = exports[`./${rest.join('/')}`];
    return typeof file === 'string' && readImports(readFileSync(join(root, room.folder, file), 'utf8')).length === 0;
  }

  function judge(room: Room, rule: (typeof rules)[Layer], path: string, specifier: string): string[] {
    if (specifier.startsWith('.')) {
      const depth = path.slice(room.folder.length + 1).split('/').length - 1;
      const up = specifier.split('/').filter((part) => part === '..').length;
      return up > depth ? [`${path}: ${specifier} leaves its room`] : [];
    }
    const target = byName.get(specifier.split('/').slice(0, 2).join('/'));
    if (target === undefined) return rule.banned.test(specifier) ? [`${path}: ${specifier} is banned here`] : [];
    if (target.layer === 'app') return mayImportApps(room) ? [] : [`${path}: an app imports ${specifier}`];
    return rule.layers.includes(target.layer) ? [] : [`${path}: layer ${room.layer} imports ${specifier}`];
  }

  it('declares every workspace package that it imports', () => {
    const faults = rooms.flatMap((room) => {
      const manifest = JSON.parse(readFileSync(join(root, room.folder, 'package.json'), 'utf8'));
      const declared = new Set([...Object.keys(manifest.dependencies ?? {}), room.name]);
      return readSourceFiles(`${room.folder}/src`, ['.ts', '.tsx'])
        .filter((file) => !isTest(file.path))
        .flatMap((file) => readImports(file.text).map((specifier) => ({ path: file.path, specifier })))
        .filter(({ specifier }) => !/^(?:\.|node:|virtual:)/.test(specifier))
        .map(({ path, specifier }) => {
          const parts = specifier.split('/');
          return { path, name: parts.slice(0, specifier.startsWith('@') ? 2 : 1).join('/') };
        })
        .filter(({ name }) => !declared.has(name))
        .map(({ path, name }) => `${path}: ${name} is not among the dependencies of ${room.folder}`);
    });

    expect([...new Set(faults)]).toEqual([]);
  });
});
