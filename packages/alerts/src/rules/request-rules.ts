import type { AlertRule } from '../rule.ts';
import { maxAbove } from './readings.ts';

const aiRequests = { name: 'gateway_ai_requests_total' };

/** Alerts on requests, providers and the routing of requests. */
export const requestRules: readonly AlertRule[] = [
  {
    name: 'AggregatorServiceDown',
    ...{ severity: 'critical', forMinutes: 2, page: 'service-down' },
    cause: { serviceDown: true },
    summary: 'No process of {service} answers.',
  },
  {
    name: 'AggregatorErrorRateHigh',
    ...{ severity: 'critical', forMinutes: 5, page: 'high-error-rate' },
    cause: {
      anyOf: [
        {
          reading: {
            read: 'ratio',
            part: {
              ...{ read: 'rate', minutes: 5 },
              of: { ...aiRequests, where: [{ label: 'status', is: '=~', value: '5..' }] },
            },
            whole: { read: 'rate', of: aiRequests, minutes: 5 },
          },
          ...{ is: '>', threshold: 0.05 },
        },
      ],
    },
    summary: 'More than 5 % of AI requests are answered 5xx.',
  },
  {
    name: 'AggregatorRateLimitExceeded',
    ...{ severity: 'warning', forMinutes: 5, page: 'rate-limit-exceeded' },
    cause: {
      anyOf: [
        {
          reading: {
            read: 'ratio',
            part: {
              ...{ read: 'rate', minutes: 5 },
              of: { name: 'proxy_refusals_total', where: [{ label: 'code', is: '=', value: 'rate_limit_exceeded' }] },
            },
            whole: { read: 'rate', of: aiRequests, minutes: 5 },
          },
          ...{ is: '>', threshold: 0.1 },
        },
      ],
    },
    summary: 'More than 10 % of AI requests are rejected by a rate limit.',
  },
  {
    name: 'AggregatorProviderFailing',
    ...{ severity: 'warning', forMinutes: 5, page: 'provider-failing' },
    cause: { anyOf: [maxAbove('orchestrator_providers_unhealthy', 0)] },
    summary: 'A provider fails its probes.',
  },
  {
    name: 'AggregatorAttemptsFailing',
    ...{ severity: 'warning', forMinutes: 5, page: 'provider-failing' },
    cause: {
      anyOf: [
        {
          reading: {
            ...{ read: 'rate', minutes: 5, by: ['provider'] },
            of: {
              name: 'proxy_failed_attempts_total',
              where: [{ label: 'code', is: '!~', value: 'upstream_misconfigured|model_not_found' }],
            },
          },
          ...{ is: '>', threshold: 1 },
        },
      ],
    },
    summary: 'More than one attempt a second fails at {provider}.',
  },
  {
    name: 'AggregatorProviderKeyRefused',
    ...{ severity: 'warning', forMinutes: 0, page: 'provider-key-refused' },
    cause: { anyOf: [failedAttempts('upstream_misconfigured', ['provider'])] },
    summary: '{provider} refuses our key or set-up.',
  },
  {
    name: 'AggregatorProviderModelUnknown',
    ...{ severity: 'warning', forMinutes: 0, page: 'provider-model-unknown' },
    cause: { anyOf: [failedAttempts('model_not_found', ['provider', 'model'])] },
    summary: '{provider} does not know the model {model}.',
  },
  {
    name: 'AggregatorSnapshotRefused',
    ...{ severity: 'warning', forMinutes: 0, page: 'snapshot-refused' },
    cause: {
      anyOf: [
        {
          reading: {
            ...{ read: 'increase', minutes: 10 },
            of: { name: 'orchestrator_snapshot_acks_total', where: [{ label: 'result', is: '=', value: 'nack' }] },
          },
          ...{ is: '>', threshold: 0 },
        },
      ],
    },
    summary: 'A proxy refuses the routing snapshot and serves the one before.',
  },
  {
    name: 'AggregatorPricesOld',
    ...{ severity: 'warning', forMinutes: 60, page: 'prices-old' },
    cause: { anyOf: [maxAbove('orchestrator_price_age_seconds', 90 * 86_400)] },
    summary: 'No price has changed for 90 days: providers may charge others.',
  },
  {
    name: 'AggregatorSpoolFilling',
    ...{ severity: 'critical', forMinutes: 5, page: 'spool-filling' },
    cause: { anyOf: [maxAbove('proxy_spool_fill_ratio', 0.7, ['pod'])] },
    summary: 'The spool of {pod} is filling: settlements are not shipped.',
  },
  {
    name: 'AggregatorOperatorNotLeading',
    ...{ severity: 'warning', forMinutes: 1, page: 'operator-not-leading', needs: 'operator' },
    cause: {
      anyOf: [{ reading: { read: 'max', of: { name: 'leader' } }, is: '<', threshold: 1, valueIfAbsent: 0 }],
    },
    summary: 'No operator leads: changes of providers wait.',
  },
  {
    name: 'AggregatorAutoscalerAtMaximum',
    ...{ severity: 'warning', forMinutes: 15, page: 'autoscaler-at-maximum' },
    cause: {
      promql:
        'kube_horizontalpodautoscaler_status_current_replicas{namespace="$namespace",horizontalpodautoscaler=~"(keda-hpa-)?$release-.*"} >= on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_spec_max_replicas',
    },
    summary: '{horizontalpodautoscaler} has had all the replicas that it may have for a quarter of an hour.',
  },
];

function failedAttempts(code: string, by: readonly string[]) {
  const of = { name: 'proxy_failed_attempts_total', where: [{ label: 'code', is: '=', value: code }] } as const;
  return { reading: { read: 'increase', of, minutes: 10, by }, is: '>', threshold: 0 } as const;
}
