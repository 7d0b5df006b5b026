{{- define "aggregator.service" -}}
{{- $gateway := .root.Values.gatewayService -}}
{{- $isGateway := eq .name "api-gateway" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ include "aggregator.name" . }}
  labels: {{- include "aggregator.labels" . | nindent 4 }}
  {{- if and $isGateway $gateway.annotations }}
  annotations: {{- toYaml $gateway.annotations | nindent 4 }}
  {{- end }}
spec:
  type: {{ ternary $gateway.type "ClusterIP" $isGateway }}
  selector: {{- include "aggregator.selector" . | nindent 4 }}
  ports:
    - name: http
      port: {{ .component.port | int }}
      targetPort: http
      {{- if and $isGateway $gateway.nodePort (ne $gateway.type "ClusterIP") }}
      nodePort: {{ $gateway.nodePort | int }}
      {{- end }}
{{- if eq .name "proxy" }}
---
# One address for each pod: the gateway finds the proxies by DNS and balances over them itself.
apiVersion: v1
kind: Service
metadata:
  name: {{ include "aggregator.name" . }}-headless
  labels: {{- include "aggregator.labels" . | nindent 4 }}
spec:
  clusterIP: None
  selector: {{- include "aggregator.selector" . | nindent 4 }}
  ports:
    - { name: http, port: {{ .component.port | int }}, targetPort: http }
{{- end }}
{{- end -}}
