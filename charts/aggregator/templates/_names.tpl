{{- define "aggregator.name" -}}
{{- printf "%s-%s" .root.Release.Name .name | trunc 63 | trimSuffix "-" -}}
{{- end -}}

{{/* What selects pods: never to be changed, since a Deployment's selector cannot be. */}}
{{- define "aggregator.selector" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/instance: {{ .root.Release.Name }}
{{- end -}}

{{- define "aggregator.labels" -}}
{{ include "aggregator.selector" . }}
app.kubernetes.io/part-of: aggregator
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{/* By digest if there is one: a tag may move. */}}
{{- define "aggregator.image" -}}
{{- $image := .values.image -}}
{{- $global := .root.Values -}}
{{- $repository := $image.repository | default (printf "%s/%s" $global.image.repository .name) -}}
{{- $path := ternary (printf "%s/%s" $global.global.imageRegistry $repository) $repository (ne $global.global.imageRegistry "") -}}
{{- if $image.digest -}}
{{- printf "%s@%s" $path $image.digest -}}
{{- else -}}
{{- printf "%s:%s" $path ($image.tag | default $global.image.tag | default .root.Chart.AppVersion) -}}
{{- end -}}
{{- end -}}

{{- define "aggregator.url" -}}
{{- $component := index (include "aggregator.components" .root | fromYaml) .name -}}
{{- printf "http://%s:%d" (include "aggregator.name" .) (int $component.port) -}}
{{- end -}}

{{- define "aggregator.pullSecrets" -}}
{{- with .Values.global.imagePullSecrets }}
imagePullSecrets:
  {{- range . }}
  - name: {{ . }}
  {{- end }}
{{- end }}
{{- end -}}

{{/* Three quarters of a memory limit, in MiB: V8's heap; the rest is for buffers, which it does not count. */}}
{{- define "aggregator.heapMegabytes" -}}
{{- if hasSuffix "Gi" . -}}
{{- div (mul (trimSuffix "Gi" . | int) 1024 3) 4 -}}
{{- else -}}
{{- div (mul (trimSuffix "Mi" . | int) 3) 4 -}}
{{- end -}}
{{- end -}}

{{/* Without a user id the cluster chooses one, as OpenShift demands: root. */}}
{{- define "aggregator.podSecurity" -}}
runAsNonRoot: true
{{- with .root.Values.podSecurity.userId }}
runAsUser: {{ int . }}
runAsGroup: {{ int . }}
fsGroup: {{ int . }}
{{- end }}
fsGroupChangePolicy: OnRootMismatch
seccompProfile: { type: RuntimeDefault }
{{- end -}}

{{- define "aggregator.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities: { drop: [ALL] }
{{- end -}}
