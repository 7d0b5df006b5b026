// `npm run operator -- ops@example.com`, and entry of `operator.mjs` in the image of auth: makes an operator of the
// installation, in the database of auth, and prints a token that sets the password. It may be run again at any time.
import { completeEnvironment, processEnvironment, readConfig, variable } from '@aggregator/service-kit';
import { z } from 'zod';
import { appointOperator } from '../apps/auth/src/operators/appoint-operator.ts';

const [email = '', organizationName = 'Operations'] = process.argv.slice(2);
if (!z.email().max(254).safeParse(email).success) {
  process.stderr.write('usage: operator <e-mail address> [<name of a new organisation>]\n');
  process.exit(1);
}
const required = z.string().min(1);
const { databaseUrl, publicUrl } = readConfig(
  {
    databaseUrl: variable('AUTH_DATABASE_URL', required, 'Database of auth.', { isSecret: true }),
    publicUrl: variable('PUBLIC_URL', z.string().default('http://127.0.0.1:3000'), 'Address of the gateway.'),
  },
  completeEnvironment(processEnvironment()),
);
const { organizationId, token } = await appointOperator(databaseUrl, { email, organizationName }, new Date());
process.stdout.write(`${email} is an operator, in the organisation ${organizationId}. Set the password within 24 hours:

  curl ${publicUrl}/v1/auth/password/reset -H "Content-Type: application/json" \\
    -d '{"token":"${token}","newPassword":"<at least 10 characters>"}'
`);
