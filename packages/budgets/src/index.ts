export { endUserKey, endUserPeriod } from './end-user.ts';
export { forecastSpending } from './forecast.ts';
export { type PeriodWindow, windowAt } from './period.ts';
export { nameSubject, splitSubject } from './subject.ts';
