using System.Reflection;

namespace Cove.Policy.Enforcement;

/// <summary>The framework's own modules, from the resources of this assembly.</summary>
internal static class FrameworkModules
{
    private const string Prefix = "Framework/";

    /// <summary>File name and text of each.</summary>
    internal static IReadOnlyList<(string Name, string Text)> All { get; } = Read();

    /// <summary>Those that decide; the others say why something was denied.</summary>
    internal static IReadOnlyList<(string Name, string Text)> Deciding { get; } = [.. All.Where(module => !Reasons.Contains(module.Name))];

    private static IReadOnlyList<string> Reasons => ["Framework/errors.rego", "Framework/errors_fragments.rego", "Framework/explanation.rego"];

    private static (string, string)[] Read()
    {
        var assembly = Assembly.GetExecutingAssembly();
        return [.. assembly.GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(name =>
            {
                using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                return (name, reader.ReadToEnd());
            })];
    }
}
