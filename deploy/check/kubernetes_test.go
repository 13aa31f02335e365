package check

import (
	"bytes"
	"flag"
	"os"
	"regexp"
	"strings"
	"testing"

	appsv1 "k8s.io/api/apps/v1"
)

var update = flag.Bool("update", false, "write the manifests that the chart renders")

const (
	chart     = "../helm/paymentlinks"
	manifests = "../kubernetes/paymentlinks.yaml"
)

// The plain manifests are what the chart renders with its own values.
func TestManifestsAreTheCharts(t *testing.T) {
	got, err := Render(chart, nil)
	if err != nil {
		t.Fatal(err)
	}
	got = append([]byte("# What the chart in deploy/helm renders; `make manifests` writes it anew.\n"), got...)
	if *update {
		if err := os.WriteFile(manifests, got, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(manifests)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("%s is not what the chart renders: make manifests", manifests)
	}
	objects, err := Decode(want)
	if err != nil || len(objects) != 5 {
		t.Errorf("%d objects of 5: %v", len(objects), err)
	}
}

// Whatever values a chart's user sets, the API server takes what comes out.
func TestChartWithOtherValues(t *testing.T) {
	for name, values := range map[string]map[string]any{
		"secrets and documents": {"secretName": "merchants", "documentsName": "operations"},
		"secrets alone":         {"secretName": "merchants"},
		"one replica":           {"replicas": 1, "autoscaling": map[string]any{"enabled": false}},
		"open inside":           {"networkPolicy": map[string]any{"enabled": false}},
		"chosen callers": {"networkPolicy": map[string]any{
			"from":        []any{map[string]any{"namespaceSelector": map[string]any{"matchLabels": map[string]any{"name": "gateway"}}}},
			"metricsFrom": []any{map[string]any{"ipBlock": map[string]any{"cidr": "10.0.0.0/8"}}},
		}},
		"a place of its own": {
			"nodeSelector": map[string]any{"disk": "none"}, "imagePullSecrets": []any{map[string]any{"name": "pull"}},
			"tolerations": []any{map[string]any{"key": "spot", "operator": "Exists"}},
			"affinity":    map[string]any{"nodeAffinity": map[string]any{}},
		},
		"settings": {"settings": map[string]any{"UPSTREAM_URL": "https://api.example.com", "FRESH_FOR": "30s"}},
	} {
		t.Run(name, func(t *testing.T) {
			rendered, err := Render(chart, values)
			if err != nil {
				t.Fatal(err)
			}
			if _, err := Decode(rendered); err != nil {
				t.Errorf("%v in\n%s", err, rendered)
			}
		})
	}
}

func TestDecodeIsStrict(t *testing.T) {
	for _, manifest := range []string{
		"apiVersion: v1\nkind: Service\nspec: {port: 80}\n",
		"apiVersion: v1\nkind: Service\nkind: Service\n",
		"apiVersion: v1\nkind: Servce\n",
	} {
		if _, err := Decode([]byte(manifest)); err == nil {
			t.Errorf("accepted:\n%s", manifest)
		}
	}
}

// The pod ends no earlier than the program has to, and may write nowhere.
func TestPodFitsTheProgram(t *testing.T) {
	rendered, err := Render(chart, nil)
	if err != nil {
		t.Fatal(err)
	}
	objects, err := Decode(rendered)
	if err != nil {
		t.Fatal(err)
	}
	for _, object := range objects {
		deployment, ok := object.(*appsv1.Deployment)
		if !ok {
			continue
		}
		pod := deployment.Spec.Template.Spec
		if *pod.EnableServiceLinks || *pod.AutomountServiceAccountToken {
			t.Error("Kubernetes puts something of its own into the pod")
		}
		if *pod.TerminationGracePeriodSeconds < 5+15+5 {
			t.Errorf("the pod is killed %d s after SIGTERM, before the program has drained", *pod.TerminationGracePeriodSeconds)
		}
		context := pod.Containers[0].SecurityContext
		if !*context.ReadOnlyRootFilesystem || *context.AllowPrivilegeEscalation || !*pod.SecurityContext.RunAsNonRoot {
			t.Errorf("the container may do more than it needs: %+v", context)
		}
		return
	}
	t.Error("no Deployment")
}

// Every setting that a file of deploy/ names is one.
func TestSettingsExist(t *testing.T) {
	page, err := os.ReadFile("../../docs/settings.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range []string{manifests, chart + "/values.yaml", "../compose/compose.yaml", "../image/Dockerfile"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range regexp.MustCompile(`PAYMENTLINKS_[A-Z_]+[A-Z]`).FindAllString(string(text), -1) {
			if name != "PAYMENTLINKS_PORT" && !strings.Contains(string(page), name) {
				t.Errorf("%s names %s, which is not a setting", file, name)
			}
		}
	}
}
