using Cove.Outcomes;
using Cove.Policy.Enforcement;
using Cove.Policy.Explanation;
using Cove.Policy.Model;
using Cove.Rego.Values;

namespace Cove.Policy.Fragments;

/// <summary>What a fragment's text declares, read by evaluating it as a guest does.</summary>
/// <param name="Namespace">Its package.</param>
/// <param name="Svn">Its security version; null where the text names none.</param>
/// <param name="FrameworkVersion">The framework that it is written for; null where it names none.</param>
/// <param name="Containers">The containers that it adds.</param>
/// <param name="Fragments">The fragments that it imports itself.</param>
/// <param name="Contributes">What an import of it would list under <c>includes</c>.</param>
public sealed record FragmentOutline(
    string Namespace, string? Svn, string? FrameworkVersion, IReadOnlyList<PolicyContainer> Containers, IReadOnlyList<FragmentImport> Fragments, IReadOnlyList<string> Contributes)
{
    private const string Stage = "package policy\napi_version := \"0.12.0\"\nframework_version := \"0.5.0\"\n";
    private static readonly string[] Lists = ["containers", "fragments", "external_processes", "platform_rules", "transparency_trust_lists"];

    /// <summary>Reads a fragment.</summary>
    /// <exception cref="MalformedException">The text is no fragment.</exception>
    public static FragmentOutline Read(string text)
    {
        try
        {
            var name = FragmentLoader.NamespaceOf(text);
            var engine = new EnforcementEngine(Stage, PolicyData.Create([]));
            engine.AddModule("outline", name, FragmentLoader.WithParameters(text, name, RegoObject.Empty));
            RegoValue? Rule(string rule) => engine.Look($"data.{name}.{rule}", RegoObject.Empty);
            var svn = Rule("svn");
            return new FragmentOutline(
                name,
                PolicyReader.Text(svn) ?? (svn as RegoNumber)?.Text,
                PolicyReader.Text(Rule("framework_version") ?? Rule("framework_svn")),
                PolicyReader.Containers(Rule("containers")),
                PolicyReader.Fragments(Rule("fragments")),
                [.. Lists.Where(list => Rule(list) is RegoArray { Count: > 0 })]);
        }
        catch (EnforcementException bad)
        {
            throw new MalformedException("fragment", "text", bad.Message, inner: bad);
        }
    }
}
