using System.Text;
using System.Text.Json.Nodes;
using Cove.Outcomes;
using Cove.Policy.Generation;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Tests.Generation;

public sealed class DescriptionTests
{
    private const string Description = """
        { "version": "1.0",
          "fragments": [ { "issuer": "did:x509:0:sha256:A::eku:1", "feed": "f", "minimum_svn": "2", "includes": [ "containers" ] } ],
          "containers": [ { "name": "c", "properties": { "image": "i:1", "workingDir": "/d",
            "execProcesses": [ { "command": [ "/x" ], "signals": [ 9 ] } ],
            "environmentVariables": [ { "name": "A", "value": "a.+", "regex": true }, { "name": "B", "value": "b" } ],
            "volumeMounts": [ { "name": "v", "mountPath": "/v", "mountType": "emptyDir", "readOnly": true } ] } } ] }
        """;

    [Fact]
    public void A_description_becomes_a_policy_as_a_template_does()
    {
        var (group, fragments) = ContainerDescription.Parse(Encoding.UTF8.GetBytes(Description));
        Assert.Equal(("f", "2"), (fragments[0].Feed, fragments[0].MinimumSvn));
        var container = PolicyGenerator.Describe(group, _ => Samples.Image).Containers[0];
        Assert.Equal("/d", container.WorkingDir);
        Assert.Equal(["A=a.+:re2", "B=b:string"], container.EnvRules.Take(2).Select(rule => $"{rule.Pattern}:{rule.Strategy}"));
        Assert.Equal([9], Assert.Single(container.ExecProcesses).Signals);
        Assert.Equal("/v:ro", $"{container.Mounts[0].Destination}:{container.Mounts[0].Options[2]}");
    }

    [Fact]
    public void A_description_for_virtual_nodes_allows_what_their_kubelet_adds()
    {
        var text = Description.Replace("\"version\": \"1.0\",", """ "version": "1.0", "scenario": "vn2", "labels": { "azure.workload.identity/use": "true" }, """, StringComparison.Ordinal);
        var container = PolicyGenerator.Describe(ContainerDescription.Parse(Encoding.UTF8.GetBytes(text)).Group, _ => Samples.Image).Containers[0];
        Assert.Contains("/dev/termination-log", container.Mounts.Select(mount => mount.Destination));
        Assert.Contains("AZURE_CLIENT_ID=.+", container.EnvRules.Select(rule => rule.Pattern));
        Assert.Throws<MalformedException>(() => ContainerDescription.Parse(Encoding.UTF8.GetBytes(text.Replace("vn2", "vn3", StringComparison.Ordinal))));
    }

    [Fact]
    public void The_first_form_without_properties_says_the_same()
    {
        const string flat = """
            {
              "version": "0.1",
              "containers": [
                {
                  "containerImage": "i:1", "name": "c", "command": [ "/x" ], "workingDir": "/d", "allow_elevated": true,
                  "environmentVariables": [ { "name": "A", "value": "a.+", "strategy": "re2", "required": true }, { "name": "B", "value": "b", "strategy": "string" } ],
                  "mounts": [ { "mountType": "emptyDir", "mountPath": "/v", "readonly": true } ],
                  "execProcesses": [ { "command": [ "/p" ], "signals": [ "SIGKILL" ] } ]
                }
              ]
            }
            """;
        const string present = """
            {
              "version": "1.0",
              "containers": [
                {
                  "name": "c",
                  "properties": {
                    "image": "i:1", "command": [ "/x" ], "workingDir": "/d", "securityContext": { "privileged": true },
                    "environmentVariables": [ { "name": "A", "value": "a.+", "regex": true }, { "name": "B", "value": "b" } ],
                    "volumeMounts": [ { "mountType": "emptyDir", "mountPath": "/v", "readOnly": true } ],
                    "execProcesses": [ { "command": [ "/p" ], "signals": [ "SIGKILL" ] } ]
                  }
                }
              ]
            }
            """;
        Assert.Equal(Text(present), Text(flat));
        Assert.NotEqual(Text(present), Text(flat.Replace("\"allow_elevated\": true", "\"allow_elevated\": false", StringComparison.Ordinal)));
        Assert.Throws<MalformedException>(() => Text(flat.Replace("emptyDir", "tape", StringComparison.Ordinal)));

        static string Text(string description) =>
            PolicyGenerator.Generate(ContainerDescription.Parse(Encoding.UTF8.GetBytes(description)).Group, _ => Samples.Image).Text;
    }

    [Theory]
    [InlineData(""" "name": "app" """, true)]
    [InlineData(""" "id": "example/app:1" """, true)]
    [InlineData(""" "name": "other", "id": "example/other:1" """, false)]
    [InlineData(""" "name": "app", "working_dir": "/elsewhere" """, false)]
    [InlineData(""" "name": "app", "env_rules": [] """, false)]
    public void A_container_that_a_fragment_covers_is_left_out(string declared, bool covered)
    {
        var group = Samples.Parse(Samples.Group()).Groups[0];
        var own = PolicyGenerator.Describe(group, _ => Samples.Image);
        var fields = JsonNode.Parse("{" + declared + "}")!.AsObject();
        var declaring = own.Containers[0] with
        {
            Name = (string?)fields["name"],
            Id = (string?)fields["id"],
            Layers = ["0"],
            WorkingDir = (string?)fields["working_dir"] ?? own.Containers[0].WorkingDir,
            EnvRules = fields.ContainsKey("env_rules") ? [] : own.Containers[0].EnvRules,
        };
        var left = PolicyGenerator.Describe(group, _ => Samples.Image, new GeneratorOptions { FragmentContainers = [declaring] });
        Assert.Equal(covered ? ["pause-container"] : ["app", "pause-container"], left.Containers.Select(container => container.Name));
    }

    [Theory]
    [InlineData("\"1.0\"", "\"2.0\"")]
    [InlineData("emptyDir", "tape")]
    [InlineData("[ \"/x\" ]", "[ ]")]
    [InlineData("\"image\": \"i:1\",", "")]
    public void A_description_with_one_thing_wrong_is_refused(string right, string wrong) =>
        Assert.Throws<MalformedException>(() => ContainerDescription.Parse(Encoding.UTF8.GetBytes(Description.Replace(right, wrong, StringComparison.Ordinal))));

    [Fact]
    public void Ready_definitions_get_the_defaults_and_come_last()
    {
        var ready = ContainerDefinitions.Parse("""{ "name": "r", "layers": [ "1111111111111111111111111111111111111111111111111111111111111111" ], "command": [ "/r" ], "signals": [ 15, 9 ] }"""u8);
        Assert.Equal([9, 15], ready[0].Signals);
        Assert.Equal("CAP_AUDIT_WRITE", ready[0].Capabilities!.Bounding[0]);
        Assert.True(ready[0].AllowStdioAccess);
        var policy = PolicyGenerator.Describe(Samples.Parse(Samples.Group()).Groups[0], _ => Samples.Image, new GeneratorOptions { Containers = ready });
        Assert.Equal(["app", "pause-container", "r"], policy.Containers.Select(container => container.Name));
        Assert.Contains("allow_stdio", Assert.Throws<MalformedException>(() => ContainerDefinitions.Parse("""[ { "allow_stdio": false } ]"""u8)).Message, StringComparison.Ordinal);
        Assert.Throws<MalformedException>(() => ContainerDefinitions.Parse("[ 1 ]"u8));
        Assert.Throws<MalformedException>(() => ContainerDefinitions.Parse("{"u8));
    }

    [Fact]
    public void A_fragment_has_the_published_shape()
    {
        var container = ContainerDefinitions.Parse("""{ "name": "r", "command": [ "/r" ] }"""u8);
        var lines = FragmentGenerator.Generate("contoso", 3, container).Text.Split('\n');
        Assert.Equal(["package contoso", "", "svn := \"3\"", "framework_version := \"0.2.3\"", "", "fragments := []", ""], lines[..7]);
        Assert.StartsWith("containers := [{\"allow_elevated\":false,", lines[7], StringComparison.Ordinal);
        Assert.Equal("", lines[8]);
        Assert.Equal(9, lines.Length);
        Assert.Throws<MalformedException>(() => FragmentGenerator.Generate("policy", 1, container));
        Assert.Throws<MalformedException>(() => FragmentGenerator.Generate("a-b", 1, container));
        Assert.Throws<MalformedException>(() => FragmentGenerator.Generate("a", -1, container));
    }

    [Fact]
    public void An_import_statement_reads_back()
    {
        var import = new FragmentImport("i", "f", "4", ["containers", "fragments"]);
        var read = Assert.Single(ContainerDescription.ParseImports(Encoding.UTF8.GetBytes(FragmentGenerator.ImportStatement(import))));
        Assert.Equal(("i", "f", "4", "containers,fragments"), (read.Issuer, read.Feed, read.MinimumSvn, string.Join(',', read.Includes)));
    }
}
