import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { actions, permissionRoles, permissions, reachOf } from '@aggregator/contracts';
import { describe, expect, it } from '@jest/globals';
import { root } from '../tidy/source-files.ts';

const words = { none: '—', own: 'own', team: 'team', organization: 'organisation', installation: 'installation' };

describe('docs/organisations.md', () => {
  it('prints the table of permissions', () => {
    const rows = actions.map((action) => {
      const cells = permissionRoles.map((role) => words[reachOf([role], action)]);
      return `| ${[`\`${action}\``, `\`${permissions[action].needs}\``, ...cells].join(' | ')} |`;
    });
    const table = [
      `| permission | needs | ${permissionRoles.join(' | ')} |`,
      `|---|---|${permissionRoles.map(() => '---|').join('')}`,
      ...rows,
    ];

    const page = readFileSync(join(root, 'docs/organisations.md'), 'utf8');
    expect(
      page.split('\n').filter((line) => /^\| (`[a-z]+\.[a-z]+`|permission) |^\|---\|---\|---\|---\|/.test(line)),
    ).toEqual(table);
  });
});
