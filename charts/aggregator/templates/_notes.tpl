{{/* What Helm says after an install: one command that works. */}}
{{- define "aggregator.notes" -}}
{{- $gateway := include "aggregator.name" (dict "root" . "name" "api-gateway") -}}
{{ .Chart.Name }} {{ .Chart.AppVersion }} is in namespace {{ .Release.Namespace }}.
{{- $url := "http://127.0.0.1:3000" }}
{{- if .Values.ingress.enabled }}
{{- $url = printf "%s://%s" (ternary "https" "http" .Values.ingress.tls.enabled) .Values.ingress.host }}
{{- else if .Values.httpRoute.enabled }}
{{- $url = printf "https://%s" (first .Values.httpRoute.hostnames) }}
{{- else }}

  kubectl port-forward --namespace {{ .Release.Namespace }} service/{{ $gateway }} 3000:3000 &
{{- end }}
{{- if .Values.seed.enabled }}
{{- $secret := include "aggregator.secretName" (dict "root" . "group" "seed" "entries" (list "SEED_API_KEY")) }}

  curl {{ $url }}/v1/models -H "Authorization: Bearer $(kubectl get secret --namespace {{ .Release.Namespace }} {{ $secret }} -o 'jsonpath={.data.SEED_API_KEY}' | base64 -d)"
{{- else if ne .Values.accounts.signUp "open" }}

The first operator (docs/organisations.md):

  kubectl exec --namespace {{ .Release.Namespace }} deployment/{{ include "aggregator.name" (dict "root" . "name" "auth") }} -- node operator.mjs me@example.com
{{- else }}

  curl {{ $url }}/v1/auth/register -H "Content-Type: application/json" -d '{"email":"me@example.com","password":"a long password","name":"Me","organization":"Mine"}'
{{- end }}
{{- if .Values.operator.enabled }}

Providers are declared with kubectl, class {{ .Values.operator.className }}: kubectl get providers --all-namespaces
{{- end }}
{{- if and (or .Values.monitoring.serviceMonitor.enabled .Values.monitoring.prometheusRule.enabled) (not (.Capabilities.APIVersions.Has "monitoring.coreos.com/v1")) }}

monitoring is on, but this cluster has no monitoring.coreos.com/v1: ServiceMonitor and PrometheusRule were left out.
{{- end }}
{{- end -}}
