{{/*
Tokens are projected (mode 0440, in decimals), each for one audience. The token for the API server reads the issuer's public keys and no more, the
operator's excepted, which has a role of its own.
*/}}
{{- define "aggregator.hasApiToken" -}}
{{- if or .component.asksApiServer (and (not .component.isForeign) (eq .root.Values.peerIdentity.mode "projected")) -}}true{{- end -}}
{{- end -}}

{{- define "aggregator.volumeMounts" -}}
- { name: tmp, mountPath: /tmp }
{{- if eq .name "proxy" }}
- { name: state, mountPath: /state }
{{- end }}
{{- if and (not .component.isForeign) (eq .root.Values.peerIdentity.mode "projected") }}
- { name: peer-tokens, mountPath: /var/run/secrets/aggregator/peers, readOnly: true }
{{- end }}
{{- if include "aggregator.hasApiToken" . }}
{{ include "aggregator.apiTokenMount" . }}
{{- end }}
{{- end -}}

{{- define "aggregator.volumes" -}}
{{- $root := .root -}}
- name: tmp
  emptyDir: { sizeLimit: 256Mi }
{{- if and (eq .name "proxy") (not $root.Values.spool.persistence.enabled) }}
- name: state
  emptyDir: { sizeLimit: {{ $root.Values.spool.persistence.size }} }
{{- end }}
{{- if and (not .component.isForeign) (eq $root.Values.peerIdentity.mode "projected") }}
- name: peer-tokens
  projected:
    defaultMode: 288
    {{- $targets := without (.component.calls | default list) "mock-provider" }}
    {{- if $targets }}
    sources:
      {{- range $targets }}
      - serviceAccountToken:
          path: {{ . }}
          audience: {{ include "aggregator.audiencePrefix" $root }}{{ . }}
          expirationSeconds: {{ $root.Values.peerIdentity.tokenSeconds }}
      {{- end }}
    {{- else }}
    sources: []
    {{- end }}
{{- end }}
{{- if include "aggregator.hasApiToken" . }}
{{ include "aggregator.apiTokenVolume" . }}
{{- end }}
{{- end -}}

{{- define "aggregator.apiTokenVolume" -}}
- name: api-token
  projected:
    defaultMode: 288
    sources:
      - serviceAccountToken: { path: token, expirationSeconds: 3600 }
      - configMap:
          name: kube-root-ca.crt
          items: [{ key: ca.crt, path: ca.crt }]
      - downwardAPI:
          items: [{ path: namespace, fieldRef: { fieldPath: metadata.namespace } }]
{{- end -}}

{{- define "aggregator.apiTokenMount" -}}
- { name: api-token, mountPath: /var/run/secrets/kubernetes.io/serviceaccount, readOnly: true }
{{- end -}}
