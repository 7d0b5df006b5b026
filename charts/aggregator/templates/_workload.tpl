{{/* The one template of every Deployment and StatefulSet: root, name, component, values. */}}
{{- define "aggregator.workload" -}}
{{- $root := .root -}}
{{- $isStateful := eq (.component.kind | default "Deployment") "StatefulSet" -}}
{{- $isScaled := and .component.isScalable .values.autoscaling.enabled -}}
apiVersion: apps/v1
kind: {{ .component.kind | default "Deployment" }}
metadata:
  name: {{ include "aggregator.name" . }}
  labels: {{- include "aggregator.labels" . | nindent 4 }}
spec:
  {{- if not $isScaled }}
  replicas: {{ .values.replicas }}
  {{- end }}
  revisionHistoryLimit: 3
  selector:
    matchLabels: {{- include "aggregator.selector" . | nindent 6 }}
  {{- if $isStateful }}
  serviceName: {{ include "aggregator.name" . }}-headless
  podManagementPolicy: Parallel
  # A new pod is known to every gateway before the next one goes: their look-ups may be this old.
  minReadySeconds: 6
  updateStrategy: { type: RollingUpdate }
  {{- if $root.Values.spool.persistence.enabled }}
  persistentVolumeClaimRetentionPolicy: { whenDeleted: Retain, whenScaled: Retain }
  volumeClaimTemplates:
    - apiVersion: v1
      kind: PersistentVolumeClaim
      metadata:
        name: state
        labels: {{- include "aggregator.selector" . | nindent 10 }}
      spec:
        accessModes: [ReadWriteOnce]
        {{- with $root.Values.spool.persistence.storageClassName }}
        storageClassName: {{ . }}
        {{- end }}
        resources: { requests: { storage: {{ $root.Values.spool.persistence.size }} } }
  {{- end }}
  {{- else }}
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxSurge: 1, maxUnavailable: 0 }
  {{- end }}
  template:
    metadata:
      labels:
        {{- include "aggregator.selector" . | nindent 8 }}
        app.kubernetes.io/part-of: aggregator
        {{- with .values.podLabels }}{{- toYaml . | nindent 8 }}{{- end }}
      annotations:
        checksum/settings: {{ include "aggregator.settings" . | sha256sum }}
        {{- with .values.podAnnotations }}{{- toYaml . | nindent 8 }}{{- end }}
    spec: {{- include "aggregator.podSpec" . | nindent 6 }}
{{- end -}}

{{- define "aggregator.podSpec" -}}
{{- $root := .root -}}
{{- $name := include "aggregator.name" . -}}
serviceAccountName: {{ $name }}
automountServiceAccountToken: false
enableServiceLinks: false
{{- with include "aggregator.pullSecrets" $root }}{{ . }}{{- end }}
securityContext: {{- include "aggregator.podSecurity" . | nindent 2 }}
terminationGracePeriodSeconds: {{ add .values.preStopSeconds .values.drainSeconds 15 }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations: {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.affinity }}
affinity: {{- toYaml . | nindent 2 }}
{{- end }}
topologySpreadConstraints:
  {{- range list "topology.kubernetes.io/zone" "kubernetes.io/hostname" }}
  - topologyKey: {{ . }}
    maxSkew: 1
    whenUnsatisfiable: ScheduleAnyway
    labelSelector: { matchLabels: { {{ include "aggregator.selector" $ | replace "\n" ", " }} } }
  {{- end }}
containers:
  - name: app
    image: {{ include "aggregator.image" . }}
    imagePullPolicy: {{ $root.Values.image.pullPolicy }}
    securityContext: {{- include "aggregator.containerSecurity" . | nindent 6 }}
    ports:
      - { name: http, containerPort: {{ .component.port | int }} }
      {{- if not .component.isForeign }}
      - { name: admin, containerPort: 9090 }
      {{- end }}
    envFrom:
      - configMapRef: { name: {{ $name }} }
      {{- if and .component.asksProviders (or $root.Values.existingSecrets.providers (and $root.Values.externalSecrets.enabled $root.Values.externalSecrets.remoteKeys.providers)) }}
      - secretRef: { name: {{ include "aggregator.secretName" (dict "root" $root "group" "providers" "entries" list) }} }
      {{- end }}
    {{- with include "aggregator.podEnv" . }}
    env: {{- . | nindent 6 }}
    {{- end }}
    {{- include "aggregator.probes" . | nindent 4 }}
    lifecycle: { preStop: { sleep: { seconds: {{ .values.preStopSeconds }} } } }
    resources: {{- toYaml .values.resources | nindent 6 }}
    volumeMounts: {{- include "aggregator.volumeMounts" . | nindent 6 }}
volumes: {{- include "aggregator.volumes" . | nindent 2 }}
{{- end -}}

{{- define "aggregator.podEnv" -}}
{{- include "aggregator.secretEnv" (include "aggregator.secretVariables" . | fromJsonArray) | trim }}
{{- if eq .name "provider-operator" }}
- name: POD_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
- name: POD_NAMESPACE
  valueFrom: { fieldRef: { fieldPath: metadata.namespace } }
{{- end }}
{{- if eq .name "proxy" }}
- name: INSTANCE_NAME
  valueFrom: { fieldRef: { fieldPath: metadata.name } }
{{- end }}
{{- end -}}

{{/* Liveness asks no other service: a service that waits for its database comes back no sooner by being restarted. */}}
{{- define "aggregator.probes" -}}
{{- if .component.isForeign -}}
startupProbe: { tcpSocket: { port: http }, periodSeconds: 1, failureThreshold: 60 }
readinessProbe: { tcpSocket: { port: http }, periodSeconds: 5 }
livenessProbe: { tcpSocket: { port: http }, periodSeconds: 10 }
{{- else -}}
startupProbe: { httpGet: { path: /health/startup, port: admin }, periodSeconds: 2, timeoutSeconds: 2, failureThreshold: 60 }
readinessProbe: { httpGet: { path: /health/ready, port: admin }, periodSeconds: 5, timeoutSeconds: 4, failureThreshold: 2 }
livenessProbe: { httpGet: { path: /health/live, port: admin }, periodSeconds: 10, timeoutSeconds: 5, failureThreshold: 6 }
{{- end -}}
{{- end -}}
