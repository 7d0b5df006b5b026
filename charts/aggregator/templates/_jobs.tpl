{{/* A separate account for jobs that run before everything else: root, name, hook. It has no permission and no token. */}}
{{- define "aggregator.jobAccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ include "aggregator.name" . }}
  labels: {{- include "aggregator.labels" . | nindent 4 }}
  {{- with .hook }}
  annotations:
    helm.sh/hook: {{ . }}
    helm.sh/hook-weight: "-5"
    helm.sh/hook-delete-policy: before-hook-creation,hook-succeeded
  {{- end }}
automountServiceAccountToken: false
{{- end -}}

{{/* What every Job's pod has in common: root, job. The label part-of is left out, or Services and budgets would count it. */}}
{{- define "aggregator.jobPod" -}}
restartPolicy: Never
serviceAccountName: {{ include "aggregator.name" (dict "root" .root "name" .job) }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with include "aggregator.pullSecrets" .root }}{{ . }}{{- end }}
securityContext: {{- include "aggregator.podSecurity" . | nindent 2 }}
volumes:
  - name: tmp
    emptyDir: { sizeLimit: 64Mi }
  {{- include "aggregator.caBundleVolume" .root | nindent 2 }}
{{- end -}}

{{- define "aggregator.jobContainer" -}}
image: {{ include "aggregator.image" . }}
imagePullPolicy: {{ .root.Values.image.pullPolicy }}
securityContext: {{- include "aggregator.containerSecurity" . | nindent 2 }}
resources:
  requests: { cpu: 50m, memory: 128Mi }
  limits: { memory: 256Mi }
volumeMounts:
  - { name: tmp, mountPath: /tmp }
  {{- include "aggregator.caBundleMount" .root | nindent 2 }}
{{- end -}}

{{- define "aggregator.migrationSpec" -}}
backoffLimit: {{ .root.Values.migrations.backoffLimit }}
activeDeadlineSeconds: {{ .root.Values.migrations.activeDeadlineSeconds }}
template:
  metadata:
    labels: {{- include "aggregator.selector" (dict "root" .root "name" "migrations") | nindent 6 }}
  spec:
    {{- include "aggregator.jobPod" (dict "root" .root "job" "migrations") | nindent 4 }}
    containers:
      - name: migrate
        command: [node, --enable-source-maps, migrate.mjs]
        {{- include "aggregator.jobContainer" . | nindent 8 }}
        env:
          {{- include "aggregator.caBundleEnv" .root | nindent 10 }}
          {{- include "aggregator.secretEnv" (list (include "aggregator.databaseVariable" . | fromJson)) | trim | nindent 10 }}
{{- end -}}
