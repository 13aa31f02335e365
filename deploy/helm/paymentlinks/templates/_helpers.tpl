{{- define "paymentlinks.selector" -}}
app.kubernetes.io/name: paymentlinks
app.kubernetes.io/instance: {{ .Release.Name }}
{{- end }}

{{- define "paymentlinks.labels" -}}
{{ include "paymentlinks.selector" . }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
{{- end }}
