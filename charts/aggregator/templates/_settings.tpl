{{/* Settings of a workload that are not secret: the content of its ConfigMap. `env` of the values has the last word. */}}
{{- define "aggregator.settings" -}}
{{- merge (deepCopy .values.env) (include "aggregator.ownSettings" . | fromYaml) | toYaml -}}
{{- end -}}

{{- define "aggregator.ownSettings" -}}
{{- $root := .root -}}
{{- $name := .name -}}
{{- $component := .component -}}
HOST: 0.0.0.0
{{ $name | upper | replace "-" "_" }}_PORT: {{ $component.port | int | quote }}
{{- if not $component.isForeign }}
SHUTDOWN_QUIET_MS: "3000"
{{- end }}
SHUTDOWN_GRACE_MS: {{ mul .values.drainSeconds 1000 | quote }}
NODE_OPTIONS: --max-old-space-size={{ include "aggregator.heapMegabytes" .values.resources.limits.memory }}
{{- with include "aggregator.caBundlePath" $root }}
NODE_EXTRA_CA_CERTS: {{ . }}
{{- end }}
{{- if not $component.isForeign }}
ADMIN_PORT: "9090"
LOG_LEVEL: {{ $root.Values.logLevel }}
{{- end }}
{{- if and $component.sendsTraces $root.Values.traces.endpoint }}
OTEL_EXPORTER_OTLP_ENDPOINT: {{ $root.Values.traces.endpoint | quote }}
OTEL_TRACES_SAMPLER_ARG: {{ $root.Values.traces.sampleRatio | quote }}
{{- end }}
{{- range $target := $component.calls | default list }}
{{- if and (eq $name "api-gateway") (eq $target "proxy") }}
PROXY_URL: {{ include "aggregator.url" (dict "root" $root "name" "proxy") | replace "-proxy:" "-proxy-headless:" }}
PROXY_DISCOVERY: dns
{{- else if ne $target "mock-provider" }}
{{ $target | upper | replace "-" "_" }}_URL: {{ include "aggregator.url" (dict "root" $root "name" $target) }}
{{- end }}
{{- end }}
{{- if $component.isScalable }}
REPLICAS_MAX: {{ ternary .values.autoscaling.maxReplicas .values.replicas .values.autoscaling.enabled | int | quote }}
{{- end }}
{{- if has "redis" ($component.stores | default list) }}
REDIS_KEY_PREFIX: {{ $root.Values.redis.keyPrefix | quote }}
{{- end }}
{{- $transport := $root.Values.events.transport }}
{{- if eq $name "proxy" }}{{ $transport = $root.Values.events.publishers | default $transport }}{{ end }}
{{- if and (has $transport ($component.stores | default list)) (ne $name "auth") }}
{{ include "aggregator.eventSettings" (dict "values" $root.Values "transport" $transport) }}
{{- end }}
{{- if and (not $component.isForeign) (eq $root.Values.peerIdentity.mode "projected") }}
PEER_TOKENS_DIRECTORY: /var/run/secrets/aggregator/peers
PEER_AUDIENCE_PREFIX: {{ include "aggregator.audiencePrefix" $root }}
PEER_SERVICE_ACCOUNT_PREFIX: {{ $root.Release.Name }}-
PEER_NAMESPACE: {{ $root.Release.Namespace }}
{{- end }}
{{- if $component.asksProviders }}
{{ include "aggregator.providerSettings" . }}
{{- end }}
{{- if and (eq $name "api-gateway") $root.Values.cors.origins }}
CORS_ORIGINS: {{ join "," $root.Values.cors.origins | quote }}
{{- end }}
{{- if eq $name "auth" }}
{{ include "aggregator.accountSettings" $root }}
{{- if ne $root.Values.workQueue.kind "postgres" }}
WORK_QUEUE: {{ $root.Values.workQueue.kind }}
EVENT_TOPIC_PREFIX: {{ $root.Values.events.topicPrefix | quote }}
{{- end }}
{{- end }}
{{- if eq $name "billing" }}
{{ include "aggregator.publicUrl" $root }}
{{- end }}
{{- if and (eq $name "analytics") $root.Values.alerts.enabled }}
{{ include "aggregator.alertSettings" $root }}
{{- end }}
{{- if eq $name "proxy" }}
SPOOL_DIRECTORY: /state/spool
SPOOL_BYTES_MAX: {{ $root.Values.spool.bytesMax | quote }}
SNAPSHOT_PATH: /state/snapshot.json
{{- end }}
{{- if eq $name "provider-operator" }}
CLASS_NAME: {{ $root.Values.operator.className }}
WATCH_NAMESPACES: {{ include "aggregator.watchNamespaces" $root | quote }}
WATCH_SECRETS: {{ empty $root.Values.operator.secretNames | quote }}
LEASE_NAME: {{ include "aggregator.name" . }}
PROXY_SERVICE_NAME: {{ include "aggregator.name" (dict "root" $root "name" "proxy") }}
{{- end }}
{{- end -}}

{{/*
The proxy's own mock listens to its own pod alone, so in a cluster the mock provider is a workload, or none. If there is
an operator, a Provider resource declares it, by any name; the orchestrator only has to know its address.
*/}}
{{- define "aggregator.providerSettings" -}}
{{- $hosts := .root.Values.baseUrlAllowlist -}}
{{- $mock := include "aggregator.name" (dict "root" .root "name" "mock-provider") -}}
{{- if .root.Values.mockProvider.enabled -}}{{- $hosts = append $hosts (printf "%s:3010" $mock) -}}{{- end -}}
{{- $isOrchestrator := eq .name "provider-orchestrator" -}}
MOCK_PROVIDER: {{ and $isOrchestrator .root.Values.mockProvider.enabled (not .root.Values.operator.enabled) | quote }}
{{- if and $isOrchestrator .root.Values.mockProvider.enabled }}
MOCK_BASE_URL: http://{{ $mock }}:3010/v1
{{- end }}
{{- with $hosts }}
PROVIDER_BASE_URL_ALLOWLIST: {{ join "," . }}
{{- end }}
{{- end -}}

{{/* Two installations never take each other's tokens. */}}
{{- define "aggregator.audiencePrefix" -}}
{{- printf "%s.%s/" .Release.Namespace .Release.Name -}}
{{- end -}}

{{/* Who can make an account, and how mails are sent. */}}
{{- define "aggregator.accountSettings" -}}
{{- $accounts := .Values.accounts -}}
SIGN_UP: {{ $accounts.signUp }}
{{- with $accounts.signUpDomains }}
SIGN_UP_DOMAINS: {{ join "," . | quote }}
{{- end }}
{{- with $accounts.sso.issuerAllowlist }}
SSO_ISSUER_ALLOWLIST: {{ join "," . | quote }}
{{- end }}
{{- with $accounts.webhooks.allowlist }}
WEBHOOK_ALLOWLIST: {{ join "," . | quote }}
{{- end }}
LEAKED_KEY_ACTION: {{ $accounts.leakedKeys.action }}
{{- with $accounts.leakedKeys.scannerKeys }}
LEAK_REPORT_PUBLIC_KEYS: {{ join "," . | quote }}
{{- end }}
EMAIL_VERIFICATION: {{ $accounts.emailVerification | quote }}
MAIL_TRANSPORT: {{ $accounts.mail.transport }}
{{- with $accounts.mail.from }}
MAIL_FROM: {{ . | quote }}
{{- end }}
{{- include "aggregator.publicUrl" . }}
{{- end -}}

{{/* Which alerts the product evaluates, and where mails about them go. The addresses of other channels are secret. */}}
{{- define "aggregator.alertSettings" -}}
ALERT_METRICS_URLS: http://{{ .Release.Name }}-metrics:9090
ALERT_SERVICES: {{ join "," (concat (list "api-gateway" "auth" "provider-orchestrator" "proxy" "billing" "analytics") (ternary (list "provider-operator") list .Values.operator.enabled)) | quote }}
{{- with .Values.monitoring.prometheusRule.runbookBaseUrl }}
ALERT_RUNBOOK_BASE_URL: {{ . | quote }}
{{- end }}
{{- with .Values.alerts.mailTo }}
ALERT_MAIL_TO: {{ join "," . | quote }}
MAIL_TRANSPORT: {{ $.Values.accounts.mail.transport }}
{{- with $.Values.accounts.mail.from }}
MAIL_FROM: {{ . | quote }}
{{- end }}
{{- end }}
{{- end -}}

{{/* Public address of the installation: links in mails, and the way back from a page of a payment provider. */}}
{{- define "aggregator.publicUrl" -}}
{{- if .Values.accounts.publicUrl }}
PUBLIC_URL: {{ .Values.accounts.publicUrl | quote }}
{{- else if .Values.ingress.enabled }}
PUBLIC_URL: {{ printf "%s://%s" (ternary "https" "http" .Values.ingress.tls.enabled) .Values.ingress.host | quote }}
{{- end }}
{{- end -}}

{{/* Which event log, and how it is reached. What is secret is in the Secret of the transport. */}}
{{- define "aggregator.eventSettings" -}}
EVENT_TRANSPORT: {{ .transport }}
EVENT_TOPIC_PREFIX: {{ .values.events.topicPrefix | default .values.kafka.topicPrefix | quote }}
{{- if eq .transport "nats" }}
NATS_REPLICAS: {{ .values.nats.replicas | quote }}
{{- else if eq .transport "kafka" }}
KAFKA_TLS: {{ .values.kafka.tls.enabled | quote }}
{{- with .values.kafka.sasl.mechanism }}
KAFKA_SASL_MECHANISM: {{ . }}
{{- end }}
{{- with .values.kafka.sasl.tokenUrl }}
KAFKA_OAUTH_TOKEN_URL: {{ . | quote }}
{{- end }}
{{- with .values.kafka.sasl.scope }}
KAFKA_OAUTH_SCOPE: {{ . | quote }}
{{- end }}
{{- end }}
{{- end -}}
