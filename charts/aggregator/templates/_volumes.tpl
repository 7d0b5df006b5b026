{{/*
Tokens are projected (mode 0440, in decimals), each for one audience. The token for the API server reads the issuer's public keys and no more, except
the operator's token, which has a separate role.
*/}}
{{- define "aggregator.hasApiToken" -}}
{{- if or .component.asksApiServer (and (not .component.isForeign) (eq .root.Values.peerIdentity.mode "projected")) -}}true{{- end -}}
{{- end -}}

{{- define "aggregator.volumeMounts" -}}
- { name: tmp, mountPath: /tmp }
{{- include "aggregator.caBundleMount" .root }}
{{- with .values.extraVolumeMounts }}
{{ toYaml . }}
{{- end }}
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
{{- include "aggregator.caBundleVolume" $root }}
{{- with .values.extraVolumes }}
{{ toYaml . }}
{{- end }}
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

{{/* Certificates of a private authority, for PostgreSQL, Redis and providers: root. */}}
{{- define "aggregator.caBundlePath" -}}
{{- if or .Values.caBundle.configMap .Values.caBundle.secret -}}/etc/aggregator/ca/{{ .Values.caBundle.key }}{{- end -}}
{{- end -}}

{{- define "aggregator.caBundleMount" -}}
{{- if include "aggregator.caBundlePath" . }}
- { name: ca-bundle, mountPath: /etc/aggregator/ca, readOnly: true }
{{- end }}
{{- end -}}

{{- define "aggregator.caBundleVolume" -}}
{{- $items := list (dict "key" .Values.caBundle.key "path" .Values.caBundle.key) -}}
{{- if .Values.caBundle.configMap }}
- name: ca-bundle
  configMap: { name: {{ .Values.caBundle.configMap }}, items: {{ toJson $items }} }
{{- else if .Values.caBundle.secret }}
- name: ca-bundle
  secret: { secretName: {{ .Values.caBundle.secret }}, items: {{ toJson $items }} }
{{- end }}
{{- end -}}

{{/* As an entry of `env`, for the containers of Jobs, which have no ConfigMap: root. */}}
{{- define "aggregator.caBundleEnv" -}}
{{- with include "aggregator.caBundlePath" . }}
- { name: NODE_EXTRA_CA_CERTS, value: {{ . }} }
{{- end }}
{{- end -}}
