{{/* One alert for each page of docs/operations/runbooks. What starts with kube_ is of kube-state-metrics. */}}
{{- define "aggregator.alerts" -}}
{{- $root := . -}}
{{- $here := printf "namespace=\"%s\"" .Release.Namespace -}}
{{- $job := printf "job=\"%s-metrics\",%s" .Release.Name $here -}}
{{- $alert := dict "root" . "for" "5m" "severity" "warning" -}}
{{- range $name, $component := include "aggregator.components" . | fromYaml }}
{{- if not $component.isForeign }}
{{ include "aggregator.alert" (merge (dict "name" "AggregatorServiceDown" "page" "service-down" "severity" "critical" "for" "2m" "expr" (printf "absent(up{%s,component=\"%s\"} == 1)" $job $name) "summary" (printf "No pod of %s answers." $name)) $alert) }}
{{- end }}
{{- end }}
{{ include "aggregator.alert" (merge (dict "name" "AggregatorErrorRateHigh" "page" "high-error-rate" "severity" "critical" "expr" (printf "sum(rate(gateway_ai_requests_total{%s,status=~\"5..\"}[5m])) / sum(rate(gateway_ai_requests_total{%s}[5m])) > 0.05" $job $job) "summary" "More than 5 % of AI requests are answered 5xx.") $alert) }}
{{ include "aggregator.alert" (merge (dict "name" "AggregatorProviderFailing" "page" "provider-failing" "expr" (printf "max(orchestrator_providers_unhealthy{%s}) > 0" $job) "summary" "A provider fails its probes.") $alert) }}
{{ include "aggregator.alert" (merge (dict "name" "AggregatorAttemptsFailing" "page" "provider-failing" "expr" (printf "sum by (provider) (rate(proxy_failed_attempts_total{%s,code!~\"upstream_misconfigured|model_not_found\"}[5m])) > 1" $job) "summary" "More than one attempt a second fails at {{ $labels.provider }}.") $alert) }}
{{ include "aggregator.alert" (merge (dict "name" "AggregatorProviderKeyRefused" "page" "provider-key-refused" "for" "0m" "expr" (printf "sum by (provider) (increase(proxy_failed_attempts_total{%s,code=\"upstream_misconfigured\"}[10m])) > 0" $job) "summary" "{{ $labels.provider }} refuses our key or set-up.") $alert) }}
{{ include "aggregator.alert" (merge (dict "name" "AggregatorProviderModelUnknown" "page" "provider-model-unknown" "for" "0m" "expr" (printf "sum by (provider, model) (increase(proxy_failed_attempts_total{%s,code=\"model_not_found\"}[10m])) > 0" $job) "summary" "{{ $labels.provider }} does not know the model {{ $labels.model }}.") $alert) }}
{{ include "aggregator.alert" (merge (dict "name" "AggregatorBalanceLow" "page" "low-balance" "for" "0m" "expr" (printf "sum(increase(billing_low_balances_total{%s}[15m])) > 0" $job) "summary" "A balance fell below the warning line.") $alert) }}
{{ include "aggregator.alert" (merge (dict "name" "AggregatorSpoolFilling" "page" "spool-filling" "severity" "critical" "expr" (printf "max by (pod) (proxy_spool_fill_ratio{%s}) > 0.7" $job) "summary" "The spool of {{ $labels.pod }} is filling: settlements are not shipped.") $alert) }}
{{ include "aggregator.alert" (merge (dict "name" "AggregatorPricesOld" "page" "prices-old" "for" "1h" "expr" (printf "max(orchestrator_price_age_seconds{%s}) > 90 * 86400" $job) "summary" "No price has changed for 90 days: providers may charge others.") $alert) }}
{{ include "aggregator.money-alerts" (dict "root" . "job" $job) }}
{{- if .Values.operator.enabled }}
{{ include "aggregator.alert" (merge (dict "name" "AggregatorOperatorNotLeading" "page" "operator-not-leading" "for" "1m" "expr" (printf "(max(leader{%s}) or vector(0)) < 1" $job) "summary" "No operator leads: changes of providers wait.") $alert) }}
{{- end }}
{{ include "aggregator.alert" (merge (dict "name" "AggregatorSnapshotRefused" "page" "snapshot-refused" "for" "0m" "expr" (printf "sum(increase(orchestrator_snapshot_acks_total{%s,result=\"nack\"}[10m])) > 0" $job) "summary" "A proxy refuses the routing snapshot and serves the one before.") $alert) }}
{{ include "aggregator.alert" (merge (dict "name" "AggregatorAutoscalerAtMaximum" "page" "autoscaler-at-maximum" "for" "15m" "expr" (printf "kube_horizontalpodautoscaler_status_current_replicas{%s,horizontalpodautoscaler=~\"(keda-hpa-)?%s-.*\"} >= on (namespace, horizontalpodautoscaler) kube_horizontalpodautoscaler_spec_max_replicas" $here .Release.Name) "summary" "{{ $labels.horizontalpodautoscaler }} has had all the replicas that it may have for a quarter of an hour.") $alert) }}
{{- end -}}

{{- define "aggregator.alert" -}}
- alert: {{ .name }}
  expr: {{ .expr | quote }}
  for: {{ .for }}
  labels: { severity: {{ .severity }} }
  annotations:
    summary: {{ .summary | quote }}
    {{- with .root.Values.monitoring.prometheusRule.runbookBaseUrl }}
    runbook_url: {{ printf "%s/%s.md" (trimSuffix "/" .) $.page }}
    {{- end }}
{{- end -}}
