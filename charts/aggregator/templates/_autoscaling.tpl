{{/*
By processor time, or by what a pod has open, with processor time as the guard: long streams cost little of it, but one
Node process never uses more than one core. Replicas belong to the autoscaler, so the workload names none.
*/}}
{{- define "aggregator.horizontalPodAutoscaler" -}}
{{- $scaling := .values.autoscaling -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ include "aggregator.name" . }}
  labels: {{- include "aggregator.labels" . | nindent 4 }}
spec:
  scaleTargetRef: {{- include "aggregator.scaleTarget" . | nindent 4 }}
  minReplicas: {{ $scaling.minReplicas }}
  maxReplicas: {{ $scaling.maxReplicas }}
  behavior: {{- toYaml $scaling.behavior | nindent 4 }}
  metrics:
    - type: ContainerResource
      containerResource:
        name: cpu
        container: app
        target: { type: Utilization, averageUtilization: {{ $scaling.cpuUtilization }} }
    {{- if eq $scaling.mode "pods" }}
    - type: Pods
      pods:
        metric: { name: {{ include "aggregator.scalingMetric" . }} }
        target: { type: AverageValue, averageValue: {{ $scaling.metric.perPod | quote }} }
    {{- end }}
{{- end -}}

{{/* KEDA asks the pods themselves. While they do not answer, it keeps what there is. */}}
{{- define "aggregator.scaledObject" -}}
{{- $scaling := .values.autoscaling -}}
{{- $host := printf "%s-metrics.%s.svc:9090" .root.Release.Name .root.Release.Namespace -}}
apiVersion: keda.sh/v1alpha1
kind: ScaledObject
metadata:
  name: {{ include "aggregator.name" . }}
  labels: {{- include "aggregator.labels" . | nindent 4 }}
spec:
  scaleTargetRef: {{- include "aggregator.scaleTarget" . | nindent 4 }}
  minReplicaCount: {{ $scaling.minReplicas }}
  maxReplicaCount: {{ $scaling.maxReplicas }}
  fallback: { failureThreshold: 3, replicas: {{ $scaling.minReplicas }}, behavior: currentReplicasIfHigher }
  advanced:
    horizontalPodAutoscalerConfig:
      behavior: {{- toYaml $scaling.behavior | nindent 8 }}
  triggers:
    - type: metrics-api
      metricType: AverageValue
      metadata:
        url: http://{{ $host }}/metrics
        format: prometheus
        aggregateFromKubeServiceEndpoints: "true"
        aggregationType: sum
        valueLocation: {{ printf "%s{service=\"%s\"}" (include "aggregator.scalingMetric" .) .name | quote }}
        targetValue: {{ $scaling.metric.perPod | quote }}
    - type: cpu
      metricType: Utilization
      metadata: { containerName: app, value: {{ $scaling.cpuUtilization | quote }} }
{{- end -}}

{{- define "aggregator.scaleTarget" -}}
apiVersion: apps/v1
kind: {{ .component.kind | default "Deployment" }}
name: {{ include "aggregator.name" . }}
{{- end -}}

{{- define "aggregator.scalingMetric" -}}
{{- .values.autoscaling.metric.name | required (printf "services.%s.autoscaling.metric.name: name the figure of each pod that mode %s goes by." .name .values.autoscaling.mode) -}}
{{- end -}}
