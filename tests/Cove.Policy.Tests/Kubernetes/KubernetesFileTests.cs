using System.Text;
using Cove.Outcomes;
using Cove.Policy.Explanation;
using Cove.Policy.Generation;
using Cove.Policy.Kubernetes;
using Cove.Policy.Model;

namespace Cove.Tests.Kubernetes;

public sealed class KubernetesFileTests
{
    private const string ConfigMap = """{ "apiVersion": "v1", "kind": "ConfigMap", "metadata": { "name": "settings" }, "data": { "MODE": "fast", "note": "hello" }, "binaryData": { "BASE": "YmFzZQ==" } }""";
    private const string Secret = """{ "apiVersion": "v1", "kind": "Secret", "metadata": { "name": "token" }, "data": { "value": "czNjcjN0" }, "stringData": { "other": "plain" } }""";

    [Theory]
    [InlineData("Pod", """{ "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "p" }, "spec": SPEC }""")]
    [InlineData("Deployment", """{ "apiVersion": "apps/v1", "kind": "Deployment", "metadata": { "name": "p" }, "spec": { "template": { "spec": SPEC } } }""")]
    [InlineData("StatefulSet", """{ "apiVersion": "apps/v1", "kind": "StatefulSet", "metadata": { "name": "p" }, "spec": { "template": { "spec": SPEC } } }""")]
    [InlineData("DaemonSet", """{ "apiVersion": "apps/v1", "kind": "DaemonSet", "metadata": { "name": "p" }, "spec": { "template": { "spec": SPEC } } }""")]
    [InlineData("ReplicaSet", """{ "apiVersion": "apps/v1", "kind": "ReplicaSet", "metadata": { "name": "p" }, "spec": { "template": { "spec": SPEC } } }""")]
    [InlineData("Job", """{ "apiVersion": "batch/v1", "kind": "Job", "metadata": { "name": "p" }, "spec": { "template": { "spec": SPEC } } }""")]
    [InlineData("CronJob", """{ "apiVersion": "batch/v1", "kind": "CronJob", "metadata": { "name": "p" }, "spec": { "jobTemplate": { "spec": { "template": { "spec": SPEC } } } } }""")]
    public void Every_kind_that_makes_a_pod_is_read(string kind, string document)
    {
        var pod = Assert.Single(Parse([document.Replace("SPEC", """{ "containers": [ { "name": "app", "image": "app:1" } ] }""", StringComparison.Ordinal)]));
        Assert.Equal((kind, "p", "app"), (pod.Group.Type, pod.Group.Name, Assert.Single(pod.Group.Containers).Name));
        Assert.Equal(["metadata", "annotations", KubernetesFile.PolicyAnnotation], pod.PolicyPath.TakeLast(3));
    }

    [Fact]
    public void A_file_that_makes_no_pod_is_refused() => Assert.Equal("kind", Assert.Throws<MalformedException>(() => Parse([ConfigMap])).Field);

    [Fact]
    public void Values_come_from_config_maps_and_secrets_and_the_later_one_wins()
    {
        var container = One(
            """
            "envFrom": [ { "configMapRef": { "name": "settings" } }, { "secretRef": { "name": "token" }, "prefix": "T_" } ],
            "env": [
              { "name": "MODE", "value": "slow" },
              { "name": "TOKEN", "valueFrom": { "secretKeyRef": { "name": "token", "key": "value" } } },
              { "name": "LINE", "value": "$(MODE)-$(TOKEN)-$(NONE)-$$(MODE)" },
              { "name": "POD", "valueFrom": { "fieldRef": { "fieldPath": "metadata.name" } } },
              { "name": "CPU", "valueFrom": { "resourceFieldRef": { "resource": "limits.cpu" } } },
              { "name": "GONE", "valueFrom": { "configMapKeyRef": { "name": "settings", "key": "none", "optional": true } } }
            ],
            "resources": { "limits": { "cpu": "500m", "memory": "128Mi" } },
            """);
        Assert.Equal(
            ["BASE=base", "note=hello", "T_other=plain", "T_value=s3cr3t", "MODE=slow", "TOKEN=s3cr3t", "LINE=slow-s3cr3t-$(NONE)-$(MODE)", "POD=*", "CPU=500m"],
            container.Environment.Select(variable => $"{variable.Name}={variable.Value?.Value ?? "*"}"));
        Assert.True(container.Environment.Single(variable => variable.Name == "LINE").Value!.Value.IsSecret);
        Assert.Equal((0.5m, 0.125m), (container.Resources.Cpu, container.Resources.MemoryInGB));
    }

    [Theory]
    [InlineData(""" "env": [ { "name": "A", "valueFrom": { "configMapKeyRef": { "name": "nowhere", "key": "k" } } } ], """, "not in the file")]
    [InlineData(""" "env": [ { "name": "A", "valueFrom": { "secretKeyRef": { "name": "token", "key": "k" } } } ], """, "does not have")]
    [InlineData(""" "envFrom": [ { "configMapRef": { "name": "nowhere" } } ], """, "not in the file")]
    [InlineData(""" "env": [ { "name": "A", "value": 8080 } ], """, "quote it")]
    [InlineData(""" "volumeMounts": [ { "name": "none", "mountPath": "/x" } ], """, "no volume of the pod")]
    [InlineData(""" "volumeMounts": [ { "name": "data", "mountPath": "/x", "subPath": "y" } ], """, "whole volumes")]
    [InlineData(""" "volumeDevices": [ { "name": "data", "devicePath": "/dev/x" } ], """, "block devices")]
    [InlineData(""" "securityContext": { "seccompProfile": { "type": "Localhost" } }, """, "not known here")]
    public void What_cannot_be_held_by_a_policy_is_refused_by_name(string members, string because) =>
        Assert.Contains(because, Assert.Throws<MalformedException>(() => One(members)).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("hostNetwork")]
    [InlineData("hostPID")]
    [InlineData("hostIPC")]
    public void A_pod_that_shares_a_namespace_with_its_host_is_refused(string member) =>
        Assert.Contains(member, Assert.Throws<MalformedException>(() => Parse([Pod("", $"\"{member}\": true,")])).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("null", "null", "/app,run")]
    [InlineData("""["/x"]""", "null", "/x")]
    [InlineData("""["/x"]""", """["y"]""", "/x,y")]
    [InlineData("null", """["y"]""", "/app,y")]
    public void Command_and_arguments_replace_what_kubernetes_says_they_replace(string command, string args, string expected)
    {
        var container = One($"\"command\": {command}, \"args\": {args},");
        Assert.Equal(expected, string.Join(',', container.CommandFor(Samples.Image)!));
    }

    [Fact]
    public void Volumes_hold_the_files_of_the_file_and_nobody_writes_them()
    {
        var group = Parse([Pod(""" "volumeMounts": [ { "name": "settings", "mountPath": "/s", "readOnly": false }, { "name": "data", "mountPath": "/d" } ], """), ConfigMap, Secret])[0].Group;
        Assert.Equal([true, false], group.Containers[0].VolumeMounts.Select(mount => mount.ReadOnly));
        var files = group.Volumes.Single(volume => volume.Name == "settings").Files;
        Assert.Equal(["BASE", "MODE", "note"], files.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("hello", Encoding.UTF8.GetString(files["note"].Span));
    }

    [Fact]
    public void All_is_all_capabilities_and_what_is_added_stays()
    {
        var described = Describe(One(""" "securityContext": { "capabilities": { "drop": ["ALL"], "add": ["NET_BIND_SERVICE"] } }, """));
        Assert.Equal(["CAP_NET_BIND_SERVICE"], described.Capabilities!.Effective);
        Assert.Equal(14, Describe(One("")).Capabilities!.Effective.Count);
    }

    [Fact]
    public void A_policy_for_our_own_host_names_all_there_is_and_lets_nothing_fall_away()
    {
        var pod = Parse([Pod(""" "env": [ { "name": "A", "value": "b" } ], "volumeMounts": [ { "name": "data", "mountPath": "/d" } ], """)])[0];
        var policy = PolicyGenerator.Describe(pod.Group, _ => Samples.Image);
        var container = Assert.Single(policy.Containers);
        Assert.False(policy.Flags.AllowEnvironmentVariableDropping || policy.Flags.AllowCapabilityDropping);
        Assert.Empty(policy.Fragments);
        Assert.Equal(["A=b", "PATH=/bin"], container.EnvRules.Where(rule => rule.Required).Select(rule => rule.Pattern));
        Assert.Equal("sandbox:///tmp/atlas/emptydir/data", Assert.Single(container.Mounts).Source);
    }

    [Fact]
    public void A_policy_for_a_virtual_node_allows_what_its_kubelet_adds()
    {
        var pod = Parse([Pod("", labels: """ "azure.workload.identity/use": "true" """)], GroupPlatform.VirtualNode)[0];
        var policy = PolicyGenerator.Describe(pod.Group, _ => Samples.Image);
        var container = policy.Containers[0];
        Assert.Equal(
            ["/var/run/secrets/azure/tokens", "/etc/resolv.conf", "/var/run/secrets/kubernetes.io/serviceaccount", "/etc/hosts", "/dev/termination-log", "/etc/hostname"],
            container.Mounts.Select(mount => mount.Destination));
        Assert.Contains(container.EnvRules, rule => rule is { Pattern: "[A-Z0-9_]+_SERVICE_HOST=.+", Strategy: "re2" });
        Assert.Contains(container.EnvRules, rule => rule is { Pattern: "AZURE_FEDERATED_TOKEN_FILE=.+" });
        Assert.Equal("pause-container", policy.Containers[^1].Name);
        Assert.DoesNotContain(PolicyExplainer.Explain(PolicyGenerator.Generate(pod.Group, _ => Samples.Image)).Warnings, warning => warning.Code == "env-wildcard");
    }

    [Fact]
    public void Probes_and_hooks_may_be_run_and_nothing_else()
    {
        var container = One(
            """
            "livenessProbe": { "exec": { "command": ["/live"] } }, "readinessProbe": { "httpGet": { "port": 80 } }, "startupProbe": { "exec": { "command": ["/up"] } },
            "lifecycle": { "preStop": { "exec": { "command": ["/bye"] } } },
            """);
        Assert.Equal(["/live", "/up", "/bye"], container.ExecProcesses.Select(process => process.Command[0]));
    }

    private static PolicyContainer Describe(GroupContainer container) =>
        PolicyGenerator.Describe(new ContainerGroup { Name = "g", Type = "Pod", Platform = GroupPlatform.Cove, Containers = [container] }, _ => Samples.Image).Containers[0];

    private static GroupContainer One(string members) => Parse([Pod(members), ConfigMap, Secret])[0].Group.Containers[0];

    private static IReadOnlyList<KubernetesPod> Parse(string[] documents, GroupPlatform platform = GroupPlatform.Cove) =>
        KubernetesFile.Parse([.. documents.Select(document => (ReadOnlyMemory<byte>)Encoding.UTF8.GetBytes(document))], platform);

    private static string Pod(string members, string specMembers = "", string labels = "") => $$"""
        {
          "apiVersion": "v1", "kind": "Pod", "metadata": { "name": "p", "labels": { {{labels}} } },
          "spec": {
            {{specMembers}}
            "containers": [ { {{members}} "name": "app", "image": "app:1" } ],
            "volumes": [ { "name": "data", "emptyDir": {} }, { "name": "settings", "configMap": { "name": "settings" } } ]
          }
        }
        """;
}
