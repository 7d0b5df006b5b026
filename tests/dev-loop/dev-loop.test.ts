import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { parse, parseAllDocuments } from 'yaml';
import { z } from 'zod';
import { root } from '../tidy/source-files.ts';

const read = (path: string) => readFileSync(join(root, path), 'utf8');
const exists = (path: string) => existsSync(join(root, path));
const scripts = Object.keys(
  z.object({ scripts: z.record(z.string(), z.string()) }).parse(parse(read('package.json'))).scripts,
);

const findMissing = (paths: readonly string[]) => paths.filter((path) => !exists(path));

/** What becomes an image: every program but the form of `npm start`. The pages of the dashboard are in the gateway's image. */
const images = ['apps', 'operators']
  .flatMap((parent) => readdirSync(join(root, parent)).filter((name) => exists(`${parent}/${name}/src/main.ts`)))
  .filter((name) => name !== 'standalone')
  .sort();

const artifact = z.object({
  image: z.string(),
  context: z.string().optional(),
  docker: z.object({ dockerfile: z.string(), buildArgs: z.object({ APP: z.string() }).optional() }),
  sync: z.object({ manual: z.array(z.object({ src: z.string(), dest: z.string() })) }).optional(),
});
const release = z.object({ name: z.string(), chartPath: z.string(), valuesFiles: z.array(z.string()).optional() });
const stage = z.object({
  build: z.object({ local: z.object({ push: z.boolean() }).optional(), artifacts: z.array(artifact).optional() }),
  deploy: z.object({ helm: z.object({ releases: z.array(release) }).optional() }),
});
const skaffold = stage
  .extend({ apiVersion: z.literal('skaffold/v4beta13'), profiles: z.array(stage.extend({ name: z.string() })) })
  .parse(parse(read('skaffold.yaml'), { merge: true }));

const appOf = (image: string) => /^aggregator\/([a-z-]+)$/.exec(image)?.[1];

describe('the Tiltfile', () => {
  const text = read('Tiltfile');
  const code = text.replace(/^\s*#.*$/gm, '');

  it('builds an image of every app', () => {
    const list = /^apps = \[([^\]]*)\]/m.exec(code)?.[1] ?? '';
    expect([...list.matchAll(/'([a-z-]+)'/g)].map((match) => match[1]).sort()).toEqual(images);
  });

  it('names no path that is not there', () => {
    const paths = [
      ...code.matchAll(/\b((?:apps|operators|packages|prisma|scripts|tests|k8s|charts)(?:\/[\w.%/-]*)?)(?=['\s])/g),
    ].flatMap((match) => ['postgres', 'redis', 'kafka'].map((store) => (match[1] ?? '').replace('%s', store)));
    expect(paths).toContain('tests/load/chat.js');
    expect(findMissing(paths)).toEqual([]);
  });

  it('runs no npm script that is not there', () => {
    const named = [...code.matchAll(/npm (?:run (?:--silent )?)?([a-z][a-z0-9:-]*)/g)].map((match) => match[1] ?? '');
    expect(named).toContain('test:integration');
    expect(named.filter((name) => !scripts.includes(name))).toEqual([]);
  });
});

describe('skaffold.yaml', () => {
  it('builds an image of every app out of the one Dockerfile', () => {
    const artifacts = skaffold.build.artifacts ?? [];
    expect(artifacts.map(({ image }) => appOf(image)).sort()).toEqual(images);
    expect(artifacts.filter(({ image, docker }) => docker.buildArgs?.APP !== appOf(image))).toEqual([]);
    expect(artifacts.filter(({ docker }) => docker.dockerfile !== 'Dockerfile')).toEqual([]);
    expect(skaffold.build.local?.push).toBe(false);
  });

  it('syncs the bundle of every app in development to where its container runs it', () => {
    const artifacts = skaffold.profiles.find(({ name }) => name === 'dev')?.build.artifacts ?? [];
    const runs = /--watch-path=(\S+)/.exec(read('k8s/live.Dockerfile'))?.[1];
    expect(artifacts.map(({ image }) => appOf(image)).sort()).toEqual(images);
    expect(artifacts.filter(({ image, context }) => context !== `dist/${appOf(image)}`)).toEqual([]);
    expect(artifacts.filter(({ sync }) => sync?.manual[0]?.dest !== runs)).toEqual([]);
    expect(read('Tiltfile')).toContain(`sync('dist/' + app, '${runs}')`);
  });

  it('deploys charts and values that are there, and each environment with its own', () => {
    const profiles = skaffold.profiles.filter(({ name }) => name !== 'dev');
    const releases = [skaffold, ...profiles].flatMap(({ deploy }) => deploy.helm?.releases ?? []);
    expect(profiles.map(({ name }) => name)).toEqual(['staging', 'production']);
    expect(findMissing(releases.flatMap(({ chartPath, valuesFiles = [] }) => [chartPath, ...valuesFiles]))).toEqual([]);
    for (const { name, deploy } of profiles) {
      const values = deploy.helm?.releases.flatMap(({ valuesFiles = [] }) => valuesFiles);
      expect(values).toEqual([`charts/aggregator/environments/${name}.yaml`]);
    }
  });
});

describe('manifests of the dev loop', () => {
  it('kind has the gateway at port 3000 of this machine alone', () => {
    const [cluster] = parseAllDocuments(read('k8s/kind.yaml')).map((document) => document.toJS());
    expect(cluster.nodes[0].extraPortMappings).toEqual([
      { containerPort: 30300, hostPort: 3000, listenAddress: '127.0.0.1', protocol: 'TCP' },
    ]);
  });

  it('the Job of a load test runs a script that is there, as a restricted pod', () => {
    const { spec } = parse(read('tests/load/k8s/job.yaml')).spec.template;
    const [container] = spec.containers;
    expect(exists(`tests/load/${container.args.at(-1)}`)).toBe(true);
    expect(spec.securityContext).toEqual({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
    expect(container.securityContext).toMatchObject({
      allowPrivilegeEscalation: false,
      capabilities: { drop: ['ALL'] },
    });
  });
});
