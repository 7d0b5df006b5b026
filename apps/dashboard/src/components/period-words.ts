import type { Words } from '../i18n/words.ts';

export const periodWords = {
  label: ['Period', 'Период'],
  '24h': ['24 hours', '24 часа'],
  '7d': ['7 days', '7 дней'],
  '30d': ['30 days', '30 дней'],
  '90d': ['90 days', '90 дней'],
} as const satisfies Words;
