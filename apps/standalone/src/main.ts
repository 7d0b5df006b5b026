import { onceTerminated, processEnvironment, reportUnknownNames, withOlderNames } from '@aggregator/service-kit';
import { allVariables } from './all-variables.ts';
import { createProgress } from './progress.ts';
import { reportFailure } from './report-failure.ts';
import { startStandalone } from './start-standalone.ts';
import { welcomeText } from './welcome-text.ts';

const environment = withOlderNames(processEnvironment());
reportUnknownNames({ name: 'npm start', variables: allVariables }, environment);
const progress = createProgress(process.stdout);
const starting = startStandalone(environment, progress);
// Also in the middle of the start: what has been opened by then is closed again.
onceTerminated(async () => {
  progress.step('stopping');
  const standalone = await starting.catch(() => null);
  await standalone?.stop();
  progress.done();
});
try {
  process.stdout.write(welcomeText(await starting));
} catch (error) {
  process.stderr.write(reportFailure(error));
  process.exit(1);
}
