{{/*
The Secret of one group (databases, redis, kafka, rabbitmq, nats, keys, providers, seed, smtp, alerts, stripe, yookassa, leakReports): a Secret that
already exists, or the one that External Secrets will create. If there is none, the message says what to create.
*/}}
{{- define "aggregator.secretName" -}}
{{- $values := .root.Values -}}
{{- $existing := index $values.existingSecrets .group -}}
{{- if eq .group "databases" -}}{{- $existing = index $existing .name -}}{{- end -}}
{{- if and $values.externalSecrets.enabled (index $values.externalSecrets.remoteKeys .group) -}}
{{- printf "%s-%s" .root.Release.Name .group -}}
{{- else if $existing -}}
{{- $existing -}}
{{- else -}}
{{- include "aggregator.failWithoutSecret" . -}}
{{- end -}}
{{- end -}}

{{- define "aggregator.failWithoutSecret" -}}
{{- $value := printf "existingSecrets.%s" .group -}}
{{- if eq .group "databases" -}}{{- $value = printf "existingSecrets.databases.%s" .name -}}{{- end -}}
{{- $suggested := printf "%s-%s" .root.Release.Name .group -}}
{{- $literals := list -}}
{{- range .entries -}}{{- $literals = append $literals (printf "--from-literal=%s=…" .) -}}{{- end -}}
{{- $create := printf "kubectl create secret generic %s --namespace %s %s" $suggested .root.Release.Namespace (join " " $literals) -}}
{{- fail (printf "%s is not set: it names a Secret with %s, and there is no default for it. Create one, then set the value:\n  %s\n  --set %s=%s\ndocs/kubernetes.md describes how each is created; externalSecrets.enabled brings them from a store instead." $value (join ", " .entries) $create $value $suggested) -}}
{{- end -}}

{{/* Variables out of Secrets, as a list of name and Secret. The key in the Secret is the variable's name. */}}
{{- define "aggregator.secretVariables" -}}
{{- $root := .root -}}
{{- $name := .name -}}
{{- $variables := list -}}
{{- range $store := .component.stores | default list -}}
{{- if eq $store "postgres" -}}
{{- $variables = append $variables (include "aggregator.databaseVariable" (dict "root" $root "name" $name) | fromJson) -}}
{{- else -}}
{{- $entries := get (dict "redis" (list "REDIS_URL") "kafka" (include "aggregator.kafkaEntries" $root | fromYamlArray) "rabbitmq" (list "RABBITMQ_URL") "nats" (list "NATS_URL") "smtp" (list "SMTP_URL") "alerts" (include "aggregator.alertEntries" $root | fromYamlArray) "stripe" (list "STRIPE_SECRET_KEY" "STRIPE_WEBHOOK_SECRETS") "yookassa" (list "YOOKASSA_SHOP_ID" "YOOKASSA_SECRET_KEY")) $store -}}
{{- $secret := include "aggregator.secretName" (dict "root" $root "group" $store "entries" $entries) -}}
{{- range $entries -}}
{{- $variables = append $variables (dict "name" . "secret" $secret) -}}
{{- end -}}
{{- end -}}
{{- end -}}
{{- if and (eq $name "auth") (or $root.Values.existingSecrets.leakReports (and $root.Values.externalSecrets.enabled $root.Values.externalSecrets.remoteKeys.leakReports)) -}}
{{- $secret := include "aggregator.secretName" (dict "root" $root "group" "leakReports" "entries" (list "LEAK_REPORT_SECRET")) -}}
{{- $variables = append $variables (dict "name" "LEAK_REPORT_SECRET" "secret" $secret) -}}
{{- end -}}
{{- if not .component.isForeign -}}
{{- $identity := ternary "INTERNAL_SIGNING_KEY" "INTERNAL_PUBLIC_KEY" (or (eq $name "api-gateway") (eq $root.Values.peerIdentity.mode "key")) -}}
{{- $secret := include "aggregator.secretName" (dict "root" $root "group" "keys" "entries" (include "aggregator.keyNames" $root | fromYamlArray)) -}}
{{- range $key := concat (list $identity) (.component.keys | default list) -}}
{{- $variables = append $variables (dict "name" $key "secret" $secret) -}}
{{- end -}}
{{- end -}}
{{- toJson $variables -}}
{{- end -}}

{{- define "aggregator.alertEntries" -}}
{{- $entries := dict "webhook" (list "ALERT_WEBHOOK_URL" "ALERT_WEBHOOK_SECRET") "slack" (list "ALERT_SLACK_URL") "telegram" (list "ALERT_TELEGRAM_BOT_TOKEN" "ALERT_TELEGRAM_CHAT_ID") -}}
{{- $names := list -}}
{{- range .Values.alerts.channels -}}{{- $names = concat $names (get $entries .) -}}{{- end -}}
{{- toJson $names -}}
{{- end -}}

{{- define "aggregator.kafkaEntries" -}}
[KAFKA_BROKERS{{ if .Values.kafka.sasl.mechanism }}, KAFKA_SASL_USERNAME, KAFKA_SASL_PASSWORD{{ end }}]
{{- end -}}

{{- define "aggregator.databaseVariable" -}}
{{- $variable := printf "%s_DATABASE_URL" (.name | upper | replace "-" "_") -}}
{{- $secret := include "aggregator.secretName" (dict "root" .root "group" "databases" "name" .name "entries" (list $variable)) -}}
{{- dict "name" $variable "secret" $secret | toJson -}}
{{- end -}}

{{- define "aggregator.keyNames" -}}
[INTERNAL_SIGNING_KEY, INTERNAL_PUBLIC_KEY, KEY_PEPPER, AUTH_JWT_PRIVATE_KEY, CREDENTIALS_ENCRYPTION_KEY]
{{- end -}}

{{- define "aggregator.secretEnv" -}}
{{- range . }}
- name: {{ .name }}
  valueFrom: { secretKeyRef: { name: {{ .secret }}, key: {{ .key | default .name }} } }
{{- end }}
{{- end -}}
