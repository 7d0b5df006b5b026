{{/*
Every workload of the installation, and the one table of their calls: services' addresses and tokens, NetworkPolicies,
migrations and Secrets all follow from it. `keys` are the entries of the Secret of keys that a workload gets.
*/}}
{{- define "aggregator.components" -}}
{{- $mock := ternary (list "mock-provider") list .Values.mockProvider.enabled -}}
api-gateway:
  port: 3000
  calls: [auth, provider-orchestrator, proxy, billing, analytics]
  sendsTraces: true
  stores: [redis]
  isScalable: true
auth:
  port: 3001
  stores: {{ toJson (concat (list "postgres" "redis") (ternary (list "smtp") list (eq .Values.accounts.mail.transport "smtp")) (ternary (list "rabbitmq") list (eq .Values.workQueue.kind "rabbitmq"))) }}
  keys: [KEY_PEPPER, AUTH_JWT_PRIVATE_KEY]
  asksOthers: {{ or .Values.accounts.sso.enabled .Values.accounts.webhooks.enabled }}
provider-orchestrator:
  port: 3002
  calls: {{ toJson $mock }}
  stores: [postgres, redis]
  keys: [CREDENTIALS_ENCRYPTION_KEY]
  asksProviders: true
proxy:
  port: 3003
  kind: StatefulSet
  calls: {{ toJson (concat (list "provider-orchestrator" "billing") $mock) }}
  stores: [redis, {{ .Values.events.publishers | default .Values.events.transport }}]
  keys: [CREDENTIALS_ENCRYPTION_KEY]
  asksProviders: true
  sendsTraces: true
  isScalable: true
billing:
  port: 3004
  sendsTraces: true
  calls: [auth, provider-orchestrator, analytics]
  stores: {{ toJson (concat (list "postgres" "redis" .Values.events.transport) (without (list .Values.payments.provider) "none")) }}
analytics:
  port: 3005
  calls: [auth]
  stores: {{ toJson (concat (list "postgres" .Values.events.transport) (include "aggregator.alertStores" . | fromYamlArray)) }}
  readsMetrics: {{ .Values.alerts.enabled }}
{{- if .Values.operator.enabled }}
provider-operator:
  port: 3006
  calls: [provider-orchestrator]
  hasNoService: true
  asksApiServer: true
{{- end }}
{{- if .Values.mockProvider.enabled }}
mock-provider:
  port: 3010
  isForeign: true
{{- end }}
{{- end -}}

{{/* One workload as the other templates want it: root, name, component, and its values over the defaults. */}}
{{- define "aggregator.workloadValues" -}}
{{- $own := index .root.Values.services .name | default dict -}}
{{- mustMergeOverwrite (deepCopy .root.Values.defaults) (deepCopy $own) | toJson -}}
{{- end -}}

{{/* What the alert channels need: the mail server, and requests to the addresses of their Secret. */}}
{{- define "aggregator.alertStores" -}}
{{- $alerts := .Values.alerts -}}
{{- $smtp := ternary (list "smtp") list (and $alerts.enabled (not (empty $alerts.mailTo)) (eq .Values.accounts.mail.transport "smtp")) -}}
{{- $channels := ternary (list "alerts") list (and $alerts.enabled (not (empty $alerts.channels))) -}}
{{- toJson (concat $smtp $channels) -}}
{{- end -}}

{{/* Services with a database of their own. */}}
{{- define "aggregator.databases" -}}
[auth, provider-orchestrator, billing, analytics]
{{- end -}}
