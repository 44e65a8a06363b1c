using System.Text;
using Cove.Cli.Yaml;
using Cove.Outcomes;
using Cove.Policy;
using Cove.Policy.Compose;
using Cove.Policy.Kubernetes;
using Cove.Policy.Model;
using Cove.Policy.Templates;

namespace Cove.Cli.Projects;

/// <summary>What container groups are described by: an ARM template, a JSON description, ACI YAML, Kubernetes objects or a Compose file.</summary>
/// <param name="Form">Which of them, for a person.</param>
/// <param name="Groups">The groups, in the file's order.</param>
/// <param name="Fragments">Fragments that the description takes in.</param>
/// <param name="Inject">The file with these policies in it; null where the form has no place for one.</param>
internal sealed record GroupFile(
    string Form, IReadOnlyList<ContainerGroup> Groups, IReadOnlyList<FragmentImport> Fragments, Func<IReadOnlyDictionary<ContainerGroup, PolicyText>, byte[]>? Inject)
{
    private static readonly string[] AciPolicyPath = ["properties", "confidentialComputeProperties", "ccePolicy"];

    /// <summary>Reads a file by what is in it.</summary>
    /// <exception cref="MalformedException">It is none of these, or not a right one.</exception>
    public static GroupFile Parse(byte[] file, GroupFileOptions options)
    {
        var start = file.AsSpan();
        if (start.StartsWith("\uFEFF"u8)) start = start[3..];
        return start.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'/', ..] ? ParseJson(file, options) : ParseYaml(file, options);
    }

    private static GroupFile ParseJson(byte[] file, GroupFileOptions options)
    {
        if (Has(file, "kind") && Has(file, "apiVersion")) return ParseKubernetes([file], null, options);
        if (!Has(file, "resources") && (Has(file, "containers") || Has(file, "fragments")))
        {
            var (group, fragments) = ContainerDescription.Parse(file);
            return new("description", [group], fragments, null);
        }

        var template = ArmTemplate.Parse(file, options.Parameters, new ArmContext { ApproveWildcards = options.ApproveWildcards });
        return new("template", template.Groups, [], options.Reformat ? template.WithPoliciesReformatted : template.WithPolicies);
    }

    private static GroupFile ParseYaml(byte[] file, GroupFileOptions options)
    {
        var text = YamlText.Decode(file);
        var documents = YamlText.Parse(text);
        if (documents.Count == 0) throw new MalformedException("YAML", "document", "is empty");
        if (documents[0] is not YamlMapping first) throw Unknown();
        if (first["services"] is not null) return new("Compose file", [ComposeFile.Parse(YamlJson.Write(first), options.Compose())], [], null);
        if (documents.Any(document => document is YamlMapping mapping && mapping["kind"] is not null)) return ParseKubernetes([.. documents.Select(YamlJson.Write)], (text, documents), options);
        if (first["properties"] is null) throw Unknown();
        var group = ArmTemplate.ParseResource(YamlJson.Write(first), new ArmContext { ApproveWildcards = options.ApproveWildcards });
        return new("container group", [group], [], policies => Encoding.UTF8.GetBytes(YamlInjection.Apply(text, policies.Values.Select(policy => YamlInjection.Find(first, AciPolicyPath, policy.Base64)))));
    }

    private static GroupFile ParseKubernetes(IReadOnlyList<byte[]> documents, (string Text, IReadOnlyList<YamlNode> Nodes)? yaml, GroupFileOptions options)
    {
        var platform = options.VirtualNode ? GroupPlatform.VirtualNode : GroupPlatform.Cove;
        var pods = KubernetesFile.Parse([.. documents.Select(document => (ReadOnlyMemory<byte>)document)], platform, options.ApproveWildcards);
        return new("Kubernetes file", [.. pods.Select(pod => pod.Group)], [], yaml is not { } source ? null : policies => Encoding.UTF8.GetBytes(YamlInjection.Apply(
            source.Text,
            policies.Select(pair => pods.First(pod => ReferenceEquals(pod.Group, pair.Key)) is var pod ? YamlInjection.Find(source.Nodes[pod.Document], pod.PolicyPath, pair.Value.Base64) : null!))));
    }

    private static MalformedException Unknown() => new(
        "group description", "document", "is none of an ARM template (JSON with resources), a Kubernetes object (kind), a Compose file (services) and a container group of Azure (properties)");

    // Only which members the root has; whoever reads the file judges it.
    private static bool Has(byte[] file, string member)
    {
        try
        {
            using var document = System.Text.Json.JsonDocument.Parse(file, new() { CommentHandling = System.Text.Json.JsonCommentHandling.Skip, AllowTrailingCommas = true });
            return document.RootElement.ValueKind == System.Text.Json.JsonValueKind.Object
                && document.RootElement.EnumerateObject().Any(one => one.Name.Equals(member, StringComparison.OrdinalIgnoreCase));
        }
        catch (System.Text.Json.JsonException)
        {
            return false;
        }
    }
}
