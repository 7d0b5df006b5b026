import { onceTerminated, processEnvironment } from '@aggregator/service-kit';
import { createProgress } from './progress.ts';
import { reportFailure } from './report-failure.ts';
import { startStandalone } from './start-standalone.ts';
import { welcomeText } from './welcome-text.ts';

const progress = createProgress(process.stdout);
try {
  const standalone = await startStandalone(processEnvironment(), progress);
  process.stdout.write(welcomeText(standalone));
  onceTerminated(async () => {
    progress.step('stopping');
    await standalone.stop();
    progress.done();
  });
} catch (error) {
  process.stderr.write(reportFailure(error));
  process.exit(1);
}
