{{/* The alerts of files/alerts.yaml, one for each page of docs/operations/runbooks. What starts with kube_ is of kube-state-metrics. */}}
{{- define "aggregator.alerts" -}}
{{- $root := . -}}
{{- range $alert := .Files.Get "files/alerts.yaml" | fromYamlArray }}
{{- if eq ($alert.each | default "") "service" }}
{{- range $name, $component := include "aggregator.components" $root | fromYaml }}
{{- if not $component.isForeign }}
{{ include "aggregator.alert" (dict "root" $root "alert" $alert "service" $name) }}
{{- end }}
{{- end }}
{{- else if or (ne ($alert.needs | default "") "operator") $root.Values.operator.enabled }}
{{ include "aggregator.alert" (dict "root" $root "alert" $alert "service" "") }}
{{- end }}
{{- end }}
{{- end -}}

{{- define "aggregator.alert" -}}
{{- $release := .root.Release -}}
{{- $scope := printf "job=\"%s-metrics\",namespace=\"%s\"" $release.Name $release.Namespace -}}
- alert: {{ .alert.alert }}
  expr: {{ .alert.expr | replace "$scope" $scope | replace "$service" .service | replace "$namespace" $release.Namespace | replace "$release" $release.Name | quote }}
  for: {{ .alert.for }}
  labels: { severity: {{ .alert.severity }}{{ with .service }}, service: {{ . }}{{ end }} }
  annotations:
    summary: {{ .alert.summary | replace "$service" .service | quote }}
    {{- with .root.Values.monitoring.prometheusRule.runbookBaseUrl }}
    runbook_url: {{ printf "%s/%s.md" (trimSuffix "/" .) $.alert.page }}
    {{- end }}
{{- end -}}
