{{/* Wherever it watches. It reads Secrets and writes none; of a resource it writes finalizers and the status. */}}
{{- define "aggregator.operatorRules" -}}
- apiGroups: [aggregator.dev]
  resources: [providers, modelroutes]
  verbs: [get, list, watch, patch]
- apiGroups: [aggregator.dev]
  resources: [providers/status, modelroutes/status]
  verbs: [patch]
- apiGroups: [""]
  resources: [secrets]
  verbs: [get, list, watch]
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
