{{/* The namespaces that the operator watches, with commas: its own and those that are named. Empty: all of the cluster. */}}
{{- define "aggregator.watchNamespaces" -}}
{{- if not .Values.operator.clusterWide -}}
{{ prepend .Values.operator.watchNamespaces .Release.Namespace | uniq | join "," }}
{{- end -}}
{{- end -}}

{{/* Wherever it watches. It reads Secrets and writes none; of a resource it writes finalizers and the status. */}}
{{- define "aggregator.operatorRules" -}}
- apiGroups: [aggregator.dev]
  resources: [providers, modelroutes]
  verbs: [get, list, watch, patch]
- apiGroups: [aggregator.dev]
  resources: [pricetables]
  verbs: [get, list, watch]
- apiGroups: [aggregator.dev]
  resources: [providers/status, modelroutes/status, pricetables/status]
  verbs: [patch]
- apiGroups: [""]
  resources: [secrets]
  {{- with .Values.operator.secretNames }}
  resourceNames: {{ toJson . }}
  verbs: [get]
  {{- else }}
  verbs: [get, list, watch]
  {{- end }}
- apiGroups: [""]
  resources: [events]
  verbs: [create, patch]
{{- end -}}

{{- define "aggregator.operatorBinding" -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: {{ .kind }}
metadata:
  name: {{ .name }}
  {{- with .namespace }}
  namespace: {{ . }}
  {{- end }}
  labels: {{- .labels | nindent 4 }}
roleRef: { apiGroup: rbac.authorization.k8s.io, kind: {{ .refKind }}, name: {{ .name }} }
subjects:
  - kind: ServiceAccount
    name: {{ include "aggregator.name" (dict "root" .root "name" "provider-operator") }}
    namespace: {{ .root.Release.Namespace }}
{{- end -}}
