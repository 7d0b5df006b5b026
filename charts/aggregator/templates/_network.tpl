{{/* One workload's edges, from the table of components: root, name, component, components. */}}
{{- define "aggregator.networkPolicy" -}}
{{- $root := .root -}}
{{- $network := $root.Values.networkPolicy -}}
{{- $callers := list -}}
{{- range $caller, $other := .components -}}
{{- if has $.name ($other.calls | default list) -}}{{- $callers = append $callers $caller -}}{{- end -}}
{{- end -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ include "aggregator.name" . }}
  labels: {{- include "aggregator.labels" . | nindent 4 }}
spec:
  podSelector: { matchLabels: { {{ include "aggregator.selector" . | replace "\n" ", " }} } }
  policyTypes: [Ingress, Egress]
  ingress: {{- include "aggregator.ingressRules" (dict "root" $root "name" .name "component" .component "callers" $callers) | trim | default "[]" | nindent 4 }}
  egress:
    {{- include "aggregator.egressToDns" $root | nindent 4 }}
    {{- range $target := .component.calls | default list }}
    - to: [{ podSelector: { matchLabels: { {{ include "aggregator.selector" (dict "root" $root "name" $target) | replace "\n" ", " }} } } }]
      ports: [{ protocol: TCP, port: {{ (index $.components $target).port | int }} }]
    {{- end }}
    {{- if .component.readsMetrics }}
    - to: [{ podSelector: { matchLabels: { {{ include "aggregator.allPods" $root }} } } }]
      ports: [{ protocol: TCP, port: 9090 }]
    {{- end }}
    {{- range .component.stores | default list }}
    {{- include "aggregator.egressToStore" (index $network.stores .) | nindent 4 }}
    {{- end }}
    {{- if and .component.sendsTraces $root.Values.traces.endpoint }}
    {{- include "aggregator.egressToStore" $network.stores.otlp | nindent 4 }}
    {{- end }}
    {{- if or .component.asksProviders .component.asksOthers }}
    {{- include "aggregator.egressToProviders" $root | nindent 4 }}
    {{- end }}
    {{- if include "aggregator.hasApiToken" . }}
    {{- include "aggregator.egressToApiServer" $root | nindent 4 }}
    {{- end }}
{{- end -}}

{{- define "aggregator.egressToApiServer" -}}
- ports: {{- include "aggregator.networkPorts" .Values.networkPolicy.apiServer.ports | trim | nindent 4 }}
  {{- with .Values.networkPolicy.apiServer.to }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{- define "aggregator.ingressRules" -}}
{{- $root := .root -}}
{{- $network := $root.Values.networkPolicy -}}
{{- if and $network.metrics.from (not .component.isForeign) }}
- from: {{- toYaml $network.metrics.from | nindent 4 }}
  ports: [{ protocol: TCP, port: 9090 }]
{{- end }}
{{- if and $root.Values.alerts.enabled (not .component.isForeign) }}
- from: [{ podSelector: { matchLabels: { {{ include "aggregator.selector" (dict "root" $root "name" "analytics") | replace "\n" ", " }} } } }]
  ports: [{ protocol: TCP, port: 9090 }]
{{- end }}
{{- if eq .name "api-gateway" }}
- ports: [{ protocol: TCP, port: {{ .component.port | int }} }]
  {{- with $network.gateway.from }}
  from: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end }}
{{- if .callers }}
- from:
    {{- range .callers }}
    - podSelector: { matchLabels: { {{ include "aggregator.selector" (dict "root" $root "name" .) | replace "\n" ", " }} } }
    {{- end }}
  ports: [{ protocol: TCP, port: {{ .component.port | int }} }]
{{- end }}
{{- end -}}

{{- define "aggregator.allPods" -}}
app.kubernetes.io/instance: {{ .Release.Name }}, app.kubernetes.io/part-of: aggregator
{{- end -}}

{{- define "aggregator.networkPorts" -}}
{{- range . }}
- { protocol: TCP, port: {{ . | int }} }
{{- end }}
{{- end -}}

{{- define "aggregator.egressToDns" -}}
- to: {{- toYaml .Values.networkPolicy.dns.to | nindent 4 }}
  ports: [{ protocol: UDP, port: 53 }, { protocol: TCP, port: 53 }]
{{- end -}}

{{/* If `to` is empty, the store is outside at any address, at its port alone. */}}
{{- define "aggregator.egressToStore" -}}
- ports: [{ protocol: TCP, port: {{ .port | int }} }]
  {{- with .to }}
  to: {{- toYaml . | nindent 4 }}
  {{- end }}
{{- end -}}

{{/* The internet without private networks, plus the rules of `extra` word for word, such as for your own model server. */}}
{{- define "aggregator.egressToProviders" -}}
{{- $providers := .Values.networkPolicy.providers -}}
- to:
    - ipBlock: { cidr: {{ $providers.cidr }}, except: {{ toJson $providers.except }} }
  ports: {{- include "aggregator.networkPorts" $providers.ports | trim | nindent 4 }}
{{- with $providers.extra }}
{{ toYaml . }}
{{- end }}
{{- end -}}
