using Cove.Outcomes;
using Cove.Policy.Model;

namespace Cove.Policy.Templates;

/// <summary>
/// An ARM template with its parameters: the container groups in it, every expression resolved, and the text, into which a policy can be put
/// without touching the rest (spec key-vault-and-arm §4-5).
/// </summary>
public sealed class ArmTemplate
{
    private static readonly string[] GroupTypes = ["Microsoft.ContainerInstance/containerGroups", "Microsoft.ContainerInstance/containerGroupProfiles"];

    private readonly byte[] text;

    private ArmTemplate(byte[] text, IReadOnlyList<ContainerGroup> groups) => (this.text, Groups) = (text, groups);

    /// <summary>The container groups and container group profiles, in template order. Never empty.</summary>
    public IReadOnlyList<ContainerGroup> Groups { get; }

    /// <summary>Reads a template.</summary>
    /// <param name="template">The template file: JSON, where comments and trailing commas are tolerated. At most 4 MiB.</param>
    /// <param name="parameters">The parameters file; null where there is none.</param>
    /// <param name="context">What the place of deployment is called; null for the local defaults.</param>
    /// <exception cref="MalformedException">Not a template, an expression that cannot be evaluated, or a group that is not well described. Says
    /// where.</exception>
    public static ArmTemplate Parse(byte[] template, byte[]? parameters = null, ArmContext? context = null)
    {
        context ??= new ArmContext();
        var root = ArmJson.ParseObject(template, ArmScope.Format);
        var given = parameters is null ? null : GivenParameters(parameters);
        var groups = new List<ContainerGroup>();
        Collect(root, new ArmScope(root, given, context), context, [], groups);
        return groups.Count > 0
            ? new ArmTemplate([.. template], groups)
            : throw new MalformedException(ArmScope.Format, "resources", $"holds no resource of type {string.Join(" or ", GroupTypes)}");
    }

    /// <summary>Reads one resource as the YAML files of <c>az container create</c> describe it, turned into JSON. It has no expressions.</summary>
    /// <exception cref="MalformedException">Not such a resource, or a group that is not well described. Says where.</exception>
    public static ContainerGroup ParseResource(ReadOnlyMemory<byte> resource, ArmContext? context = null)
    {
        const string format = "container group";
        var fields = new ArmFields(ArmJson.ParseObject(resource, format), "$", format);
        var type = fields.Text("type") ?? GroupTypes[0];
        return Array.Exists(GroupTypes, known => known.Equals(type, StringComparison.OrdinalIgnoreCase))
            ? new ContainerGroupReader(context ?? new ArmContext()).Read(fields, [])
            : throw new MalformedException(format, "type", $"is {type}, expected {string.Join(" or ", GroupTypes)}");
    }

    /// <summary>The template's text with these policies in their groups. Comments, order and spacing of the rest stay as they are.</summary>
    /// <param name="policies">For each group to change, its policy.</param>
    public byte[] WithPolicies(IReadOnlyDictionary<ContainerGroup, PolicyText> policies)
    {
        var byPath = policies.GroupBy(pair => string.Join('\0', pair.Key.Path), StringComparer.Ordinal).Select(same => same.DistinctBy(pair => pair.Value.Base64).ToList());
        var splices = new List<PolicyInjection.Splice>();
        foreach (var same in byPath)
        {
            if (same.Count > 1)
                throw new InvalidOperationException($"the copy loop '{same[0].Key.Name}' stands for several groups, whose policies differ: one text cannot hold them");
            splices.Add(PolicyInjection.Find(text, same[0].Key.Path, same[0].Value.Base64));
        }

        return PolicyInjection.Apply(text, splices);
    }

    /// <summary>
    /// The same, written as <c>az confcom</c> writes it: the whole template anew with an indentation of two and ASCII only, its order kept and its
    /// comments gone (spec §6.3).
    /// </summary>
    public byte[] WithPoliciesReformatted(IReadOnlyDictionary<ContainerGroup, PolicyText> policies) =>
        System.Text.Encoding.ASCII.GetBytes(Generation.CompactJson.Write(Plain(ArmJson.ParseObject(WithPolicies(policies), ArmScope.Format)), indented: true, sorted: false));

    private static object? Plain(ArmValue value) => value switch
    {
        ArmText text => text.Value,
        ArmBool flag => flag.Value,
        ArmNumber number => number.Value,
        ArmArray array => array.Items.Select(Plain).ToList(),
        ArmObject obj => obj.Members.ToDictionary(member => member.Key, member => Plain(member.Value), StringComparer.Ordinal),
        _ => null,
    };

    private static ArmObject GivenParameters(ReadOnlyMemory<byte> file)
    {
        var root = ArmJson.ParseObject(file, "parameters file");
        return root["parameters"] switch
        {
            ArmObject parameters => parameters,
            null => root,
            var other => throw new MalformedException("parameters file", "parameters", $"is a {other.Kind}, expected an object"),
        };
    }

    private static void Collect(ArmObject template, ArmScope scope, ArmContext context, IReadOnlyList<string> path, List<ContainerGroup> groups)
    {
        // A list, or an object of symbolic names (languageVersion 2.0).
        IEnumerable<(string Segment, ArmValue Resource)> resources = template["resources"] switch
        {
            ArmArray list => list.Items.Select((item, i) => ($"{i}", item)),
            ArmObject named => named.Members.Select(member => (member.Key, member.Value)),
            _ => throw new MalformedException(ArmScope.Format, "resources", "is missing, or neither an array nor an object"),
        };
        foreach (var (segment, value) in resources)
        {
            IReadOnlyList<string> here = [.. path, "resources", segment];
            if (value is not ArmObject resource || resource["type"] is not ArmText { Value: var type })
                throw new MalformedException(ArmScope.Format, Shown(here), "is not a resource with a type");
            if (type.Equals("Microsoft.Resources/deployments", StringComparison.OrdinalIgnoreCase))
                Nested(resource, scope, context, here, groups);
            else if (Array.Exists(GroupTypes, known => known.Equals(type.TrimEnd('/'), StringComparison.OrdinalIgnoreCase)))
                Group(resource, scope, context, here, groups);
        }
    }

    private static void Group(ArmObject resource, ArmScope scope, ArmContext context, IReadOnlyList<string> path, List<ContainerGroup> groups)
    {
        var shown = Shown(path);
        if (resource["condition"] is { } condition && scope.Evaluate(condition, $"{shown}.condition") is ArmBool { Value: false }) return;
        var reader = new ContainerGroupReader(context);
        if (resource["copy"] is not ArmObject loop)
        {
            groups.Add(reader.Read(new ArmFields((ArmObject)scope.Evaluate(resource, shown), shown), path));
            return;
        }

        var name = loop["name"] is ArmText text ? text.Value : "copy";
        var once = new ArmObject([.. resource.Members.Where(member => !member.Key.Equals("copy", StringComparison.OrdinalIgnoreCase))]);
        var count = new ArmEvaluator(scope).Count(loop, $"{shown}.copy");
        for (var i = 0; i < count; i++)
        {
            scope.Loops.Add((name, i));
            groups.Add(reader.Read(new ArmFields((ArmObject)scope.Evaluate(once, shown), shown), path));
            scope.Loops.RemoveAt(scope.Loops.Count - 1);
        }
    }

    private static void Nested(ArmObject deployment, ArmScope scope, ArmContext context, IReadOnlyList<string> path, List<ContainerGroup> groups)
    {
        if ((deployment["properties"] as ArmObject)?["template"] is not ArmObject template) return; // a linked template is somebody else's text
        if (path.Count > ArmJson.MaxDepth) throw new MalformedException(ArmScope.Format, Shown(path), "is nested too deeply");
        var properties = (ArmObject)deployment["properties"]!;
        var inner = (properties["expressionEvaluationOptions"] as ArmObject)?["scope"] is ArmText option && option.Value.Equals("inner", StringComparison.OrdinalIgnoreCase);
        var nested = inner
            ? new ArmScope(template, properties["parameters"] is ArmObject given ? (ArmObject)scope.Evaluate(given, $"{Shown(path)}.properties.parameters") : null, context)
            : scope;
        Collect(template, nested, context, [.. path, "properties", "template"], groups);
    }

    private static string Shown(IReadOnlyList<string> path) =>
        string.Concat(path.Select((segment, i) => char.IsAsciiDigit(segment[0]) ? $"[{segment}]" : i == 0 ? segment : $".{segment}"));
}
