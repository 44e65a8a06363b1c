using System.Text.RegularExpressions;
using Cove.Outcomes;
using Cove.Policy.Model;

namespace Cove.Policy.Generation;

/// <summary>
/// Makes the text of a policy fragment, in the shape of <c>az confcom acifragmentgen</c> (spec §6.4), and the statement that imports one.
/// </summary>
public static partial class FragmentGenerator
{
    private static readonly string[] ReservedNamespaces = ["microsoftcontainerinstance", "data", "input", "policy", "framework", "api", "metadata"];

    /// <summary>The fragment's text.</summary>
    /// <param name="namespace">Its package: a name of letters, digits and underscores that is not reserved.</param>
    /// <param name="svn">Its security version number, zero or more.</param>
    /// <param name="containers">The containers that it declares.</param>
    /// <param name="imports">The fragments that it takes in itself.</param>
    /// <param name="indented">Containers with indentation, or compact.</param>
    /// <exception cref="MalformedException">The namespace or the number cannot be used.</exception>
    public static PolicyText Generate(string @namespace, int svn, IEnumerable<PolicyContainer> containers, IReadOnlyList<FragmentImport>? imports = null, bool indented = false)
    {
        if (!Name().IsMatch(@namespace))
            throw new MalformedException("fragment", "namespace", $"is '{@namespace}', expected letters, digits and underscores");
        if (ReservedNamespaces.Contains(@namespace, StringComparer.Ordinal))
            throw new MalformedException("fragment", "namespace", $"'{@namespace}' is reserved");
        if (svn < 0) throw new MalformedException("fragment", "svn", $"is {svn}, expected zero or more");
        return PolicyText.FromText(string.Join('\n',
            $"package {@namespace}", "",
            $"svn := \"{svn}\"",
            "framework_version := \"0.2.3\"", "",
            $"fragments := {PolicyWriter.Imports(imports ?? [], indented: true)}", "",
            $"containers := {PolicyWriter.Containers(containers, indented)}", ""));
    }

    /// <summary>The JSON that names fragments for import: <c>{"fragments":[…]}</c>.</summary>
    public static string ImportStatement(params IReadOnlyList<FragmentImport> imports) =>
        $"{{\n  \"fragments\": {PolicyWriter.Imports(imports, indented: true).ReplaceLineEndings("\n  ")}\n}}";

    [GeneratedRegex(@"^[a-zA-Z_][a-zA-Z0-9_]*\z", RegexOptions.NonBacktracking)]
    private static partial Regex Name();
}
