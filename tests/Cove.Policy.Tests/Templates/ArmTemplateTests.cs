using System.Text;
using Cove.Outcomes;
using Cove.Policy;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Tests.Templates;

public sealed class ArmTemplateTests
{
    private const string Whole = """
        // a comment
        {
          "parameters": {
            "image": { "type": "string", "defaultValue": "example/app:1" },
            "token": { "type": "secureString" },
            "count": { "type": "int", "defaultValue": 2, "minValue": 1, "maxValue": 3 },
          },
          "variables": {
            "prefix": "[concat(parameters('image'), '!')]",
            "names": { "main": "[format('{0}main', 'the-')]" },
          },
          "resources": [
            { "type": "Microsoft.Storage/storageAccounts", "name": "s" },
            {
              "type": "Microsoft.ContainerInstance/containerGroups",
              "apiVersion": "2023-05-01",
              "name": "group",
              "tags": { "owner": "me" },
              "properties": {
                "osType": "Linux",
                "restartPolicy": "OnFailure",
                "ipAddress": { "type": "Public", "ports": [ { "port": 443 } ] },
                "confidentialComputeProperties": { "ccePolicy": "b2xk" },
                "containers": [
                  {
                    "name": "[variables('names').main]",
                    "properties": {
                      "image": "[parameters('image')]",
                      "command": [ "/bin/app", "[string(parameters('count'))]" ],
                      "environmentVariables": [
                        { "name": "A", "value": "[variables('prefix')]" },
                        { "name": "B", "secureValue": "hidden" },
                        { "name": "C", "value": "[concat('x', parameters('token'))]" },
                      ],
                      "ports": [ { "port": 8080, "protocol": "udp" } ],
                      "resources": { "requests": { "cpu": 0.5, "memoryInGB": "1.5" } },
                      "securityContext": {
                        "privileged": false, "allowPrivilegeEscalation": "false", "runAsUser": 7,
                        "capabilities": { "add": [ "CAP_SYS_TIME" ], "drop": [ "CAP_KILL" ] },
                      },
                      "readinessProbe": { "exec": { "command": [ "/ready" ] }, "periodSeconds": 2 },
                      "livenessProbe": { "httpGet": { "path": "/live", "port": 80 } },
                      "volumeMounts": [ { "name": "v", "mountPath": "/v", "readOnly": true }, { "name": "s", "mountPath": "/s" } ],
                    },
                  },
                ],
                "initContainers": [ { "name": "init", "properties": { "image": "example/init:1" } } ],
                "volumes": [ { "name": "v", "emptyDir": {} }, { "name": "s", "secret": { "note": "aGVsbG8=" } } ],
              },
            },
          ],
        }
        """;

    private const string Parameters = """{ "parameters": { "token": { "value": "t0p" } } }""";

    [Fact]
    public void Reads_a_group_with_everything_in_it()
    {
        var group = Assert.Single(Samples.Parse(Whole, Parameters).Groups);
        Assert.Equal(("group", RestartPolicy.OnFailure, "b2xk", "me"), (group.Name, group.RestartPolicy, group.CcePolicy, group.Tags["owner"]));
        Assert.Equal(new GroupPort(443, "TCP") { HostPort = 443 }, Assert.Single(group.Ports));
        Assert.Equal(["init", "the-main"], group.AllContainers.Select(container => container.Name));
        Assert.True(group.InitContainers[0].IsInit);

        var app = group.Containers[0];
        Assert.Equal("example/app:1", app.Image);
        Assert.Equal(["/bin/app", "2"], app.Command);
        Assert.Equal(new ResourceRequests(0.5m, 1.5m), app.Resources);
        Assert.Equal(new GroupPort(8080, "UDP"), Assert.Single(app.Ports));
        Assert.Equal((false, false, 7L), (app.SecurityContext.Privileged, app.SecurityContext.AllowPrivilegeEscalation, app.SecurityContext.RunAsUser));
        Assert.Equal("CAP_SYS_TIME", Assert.Single(app.SecurityContext.AddCapabilities));
        Assert.Equal("CAP_KILL", Assert.Single(app.SecurityContext.DropCapabilities));
        Assert.Equal(["/ready"], app.ReadinessProbe!.ExecCommand);
        Assert.Equal(new HttpGet("/live", 80, "http"), app.LivenessProbe!.HttpGet);
        Assert.Equal([new VolumeMount("v", "/v", true), new VolumeMount("s", "/s", false)], app.VolumeMounts);
        Assert.Equal("hello"u8.ToArray(), group.Volumes[1].Files["note"].ToArray());
    }

    [Fact]
    public void What_comes_from_a_secure_parameter_is_secret_and_does_not_print()
    {
        var environment = Samples.Parse(Whole, Parameters).Groups[0].Containers[0].Environment;
        Assert.Equal([false, true, true], environment.Select(variable => variable.Value!.Value.IsSecret));
        Assert.Equal("xt0p", environment[2].Value!.Value.Value);
        Assert.DoesNotContain("t0p", environment[2].ToString(), StringComparison.Ordinal);
        Assert.Contains("example/app:1!", environment[0].ToString(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("parameters file", "parameters.other", """{ "parameters": { "token": { "value": "t" }, "other": { "value": 1 } } }""")]
    [InlineData("ARM template", "parameters.count", """{ "parameters": { "token": { "value": "t" }, "count": { "value": 9 } } }""")]
    [InlineData("ARM template", "parameters.token", """{ "parameters": { "token": { "value": 5 } } }""")]
    [InlineData("parameters file", "parameters.token", """{ "parameters": { "token": { "reference": { "secretName": "x" } } } }""")]
    [InlineData("ARM template", "resources[1].properties.containers[0].properties.environmentVariables[2].value", """{ "parameters": { } }""")]
    [InlineData("parameters file", "document", """{ "parameters": """)]
    [InlineData("parameters file", "parameters.token", """{ "parameters": { "token": { "value": "a" }, "token": { "value": "b" } } }""")]
    public void Refuses_parameters_that_do_not_fit(string format, string field, string parameters)
    {
        var thrown = Assert.Throws<MalformedException>(() => Samples.Parse(Whole, parameters));
        Assert.Equal((format, field), (thrown.Format, thrown.Field));
    }

    [Fact]
    public void A_value_that_nobody_gave_becomes_any_value_when_that_is_approved()
    {
        var group = Samples.Parse(Whole, "{}", new ArmContext { ApproveWildcards = true }).Groups[0];
        Assert.Null(group.Containers[0].Environment[2].Value);
    }

    [Theory]
    [InlineData("""{ "resources": [] }""", "resources")]
    [InlineData("""{ }""", "resources")]
    [InlineData("""[]""", "document")]
    [InlineData("""{ "resources": "\ud800" }""", "document")]
    [InlineData("""{ "resources": [ { "name": "x" } ] }""", "resources[0]")]
    [InlineData("""{ "resources": [ { "type": "Microsoft.ContainerInstance/containerGroups", "name": "g" } ] }""", "resources[0].properties")]
    [InlineData("""{ "resources": [ { "type": "Microsoft.ContainerInstance/containerGroups", "name": "g", "properties": { "containers": [] } } ] }""", "resources[0].properties.containers")]
    public void Says_what_a_template_lacks(string template, string field) =>
        Assert.Equal(field, Assert.Throws<MalformedException>(() => Samples.Parse(template)).Field);

    [Theory]
    [InlineData(""" "environmentVariables": [ { "value": "x" } ], """, "", "environmentVariables[0].name")]
    [InlineData(""" "environmentVariables": [ { "name": "X" } ], """, "", "environmentVariables[0].value")]
    [InlineData(""" "environmentVariables": [ { "name": "X=Y", "value": "" } ], """, "", "environmentVariables[0].name")]
    [InlineData(""" "volumeMounts": [ { "name": "v", "mountPath": "v" } ], """, "", "volumeMounts[0].mountPath")]
    [InlineData(""" "ports": [ { "port": 70000 } ], """, "", "ports[0].port")]
    [InlineData(""" "livenessProbe": { "exec": { } }, """, "", "livenessProbe.exec.command")]
    [InlineData(""" "volumeMounts": [ { "name": "v", "mountPath": "/v" } ], """, "", "volumeMounts[v]")]
    [InlineData("", """ "volumes": [ { "name": "v" } ], """, "volumes[0]")]
    [InlineData("", """ "volumes": [ { "name": "v", "emptyDir": {}, "secret": {} } ], """, "volumes[0]")]
    [InlineData("", """ "volumes": [ { "name": "v", "secret": { "../a": "" } } ], """, "volumes[0].secret.../a")]
    [InlineData("", """ "restartPolicy": "Sometimes", """, "restartPolicy")]
    [InlineData("", """ "osType": "Windows", """, "osType")]
    public void Says_which_field_of_a_group_is_wrong(string containerMembers, string groupMembers, string field) =>
        Assert.EndsWith(field, Assert.Throws<MalformedException>(() => Samples.Parse(Samples.Group(containerMembers, groupMembers))).Field, StringComparison.Ordinal);

    [Fact]
    public void A_secret_file_that_is_not_base64_is_refused_when_it_is_read()
    {
        var group = Samples.Parse(Samples.Group("", """ "volumes": [ { "name": "v", "secret": { "a": "???" } } ], """)).Groups[0];
        var thrown = Assert.Throws<MalformedException>(() => group.Volumes[0].Files);
        Assert.Equal("volumes[v].secret.a", thrown.Field);
        Assert.DoesNotContain("???", thrown.Message + group, StringComparison.Ordinal);
    }

    [Fact]
    public void A_secret_that_nobody_gave_keeps_no_policy_from_being_made()
    {
        const string Declared = """ "parameters": { "s": { "type": "secureString" } }, """;
        var group = Samples.Parse(Samples.Group("", """ "volumes": [ { "name": "v", "secret": { "a": "[parameters('s')]" } } ], """, Declared)).Groups[0];
        Assert.Contains("parameter 's' has no value", Assert.Throws<MalformedException>(() => group.Volumes[0].Files).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_parameter_without_a_type_takes_any_value()
    {
        var template = Samples.Parse(
            Samples.Group(""" "command": [ "[parameters('a')]", "[string(parameters('b'))]" ], """, "", """ "parameters": { "a": { "value": "x" }, "b": { "defaultValue": [ 1 ] } }, """),
            """{ "parameters": { "a": { "value": "y" } } }""");
        Assert.Equal(["y", "[1]"], template.Groups[0].Containers[0].Command);
    }

    [Fact]
    public void Loops_of_members_variables_and_resources_are_unrolled()
    {
        var template = Samples.Parse("""
            {
              "variables": { "copy": [ { "name": "words", "count": 2, "input": "[concat('w', string(copyIndex('words')))]" } ] },
              "resources": [
                {
                  "type": "Microsoft.ContainerInstance/containerGroups",
                  "name": "[concat('g', string(copyIndex()))]",
                  "copy": { "name": "groups", "count": 2 },
                  "properties": {
                    "copy": [
                      {
                        "name": "containers", "count": 3,
                        "input": { "name": "[format('c{0}-{1}', copyIndex('groups'), copyIndex('containers', 1))]", "properties": { "image": "[variables('words')[1]]" } }
                      }
                    ]
                  }
                }
              ]
            }
            """);
        Assert.Equal(["g0", "g1"], template.Groups.Select(group => group.Name));
        Assert.Equal(["c1-1", "c1-2", "c1-3"], template.Groups[1].Containers.Select(container => container.Name));
        Assert.All(template.Groups[0].Containers, container => Assert.Equal("w1", container.Image));
    }

    [Fact]
    public void A_nested_deployment_has_its_own_parameters_when_it_says_so()
    {
        var inner = Samples.Group(""" "command": [ "[parameters('word')]" ], """, "", """ "parameters": { "word": { "type": "string" } }, """);
        var outer = Samples.Group(""" "command": [ "[parameters('word')]" ], """);
        string Deployment(string template, string options) => $$"""
            {
              "parameters": { "word": { "type": "string", "defaultValue": "outer" } },
              "resources": [ { "type": "Microsoft.Resources/deployments", "name": "d", "properties": { {{options}} "template": {{template}} } } ]
            }
            """;
        var own = Samples.Parse(Deployment(inner, """ "expressionEvaluationOptions": { "scope": "inner" }, "parameters": { "word": { "value": "inner" } }, """));
        Assert.Equal("inner", own.Groups[0].Containers[0].Command![0]);
        Assert.Equal("outer", Samples.Parse(Deployment(outer, "")).Groups[0].Containers[0].Command![0]);
    }

    [Fact]
    public void A_parameter_that_depends_on_itself_is_refused()
    {
        var template = Samples.Group(""" "command": [ "[variables('a')]" ], """, "", """ "variables": { "a": "[variables('b')]", "b": "[variables('a')]" }, """);
        Assert.Contains("depends on itself", Assert.Throws<MalformedException>(() => Samples.Parse(template)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Putting_a_policy_in_changes_nothing_but_its_value()
    {
        var template = Samples.Parse(Whole, Parameters);
        var policy = PolicyText.FromText("package policy\n");
        var changed = Encoding.UTF8.GetString(template.WithPolicies(new Dictionary<ContainerGroup, PolicyText> { [template.Groups[0]] = policy }));
        Assert.Equal(Whole.Replace("\"b2xk\"", $"\"{policy.Base64}\"", StringComparison.Ordinal), changed);
    }

    [Fact]
    public void Written_anew_it_is_plain_JSON_of_the_same_order()
    {
        var template = Samples.Parse("""{ "b": [ 1.50, "ü", {} ], /* gone */ "resources": [ { "type": "Microsoft.ContainerInstance/containerGroups", "name": "g", "properties": { "confidentialComputeProperties": { "ccePolicy": "" }, "containers": [ { "name": "c", "properties": { "image": "i" } } ] } } ] }""");
        var changed = Encoding.UTF8.GetString(template.WithPoliciesReformatted(new Dictionary<ContainerGroup, PolicyText> { [template.Groups[0]] = PolicyText.FromText("p") }));
        Assert.StartsWith("{\n  \"b\": [\n    1.50,\n    \"\\u00fc\",\n    {}\n  ],\n  \"resources\": [\n    {\n      \"type\":", changed, StringComparison.Ordinal);
        Assert.Contains("\"ccePolicy\": \"cA==\"", changed, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData(""" "confidentialComputeProperties": {}, """)]
    [InlineData(""" "confidentialComputeProperties": { "standaloneFragments": [] }, """)]
    [InlineData(""" "confidentialComputeProperties": { "ccePolicy": null }, """)]
    public void Putting_a_policy_in_adds_what_is_missing(string members)
    {
        var template = Samples.Parse(Samples.Group("", members));
        var policy = PolicyText.FromText("package policy\n");
        var changed = template.WithPolicies(new Dictionary<ContainerGroup, PolicyText> { [template.Groups[0]] = policy });
        Assert.Equal(policy.Base64, ArmTemplate.Parse(changed).Groups[0].CcePolicy);
    }
}
