using System.Reflection;
using Cove.Rego;

namespace Cove.Policy.Enforcement;

/// <summary>The framework's own modules, from the resources of this assembly.</summary>
internal static class FrameworkModules
{
    private const string Prefix = "Framework/";
    private const string ImageName = "framework.image";

    private static readonly Lazy<(string Name, string Text)[]> Texts = new(ReadTexts);
    private static readonly Lazy<RegoImage> Image = new(static () => RegoImage.Read(ReadImage(), ReadText));

    /// <summary>File name and text of each.</summary>
    internal static IReadOnlyList<(string Name, string Text)> All => Texts.Value;

    /// <summary>Those that decide; the others say why something was denied.</summary>
    internal static IEnumerable<(string Name, string Text)> Deciding => All.Where(module => !Reasons.Contains(module.Name));

    /// <summary>Those that decide, as they were compiled when the framework was last changed: a guest starts sooner. A test compares the two.</summary>
    internal static RegoImage Compiled => Image.Value;

    private static IReadOnlyList<string> Reasons => ["Framework/errors.rego", "Framework/errors_fragments.rego", "Framework/explanation.rego"];

    /// <summary>The image that belongs to the texts.</summary>
    internal static byte[] CompileImage()
    {
        var compiler = new RegoCompiler();
        foreach (var (name, text) in Deciding) compiler.AddModule(name, text);
        return compiler.CompileImage();
    }

    internal static byte[] ReadImage()
    {
        using var stream = Open(ImageName);
        var image = new byte[stream.Length];
        stream.ReadExactly(image);
        return image;
    }

    private static (string, string)[] ReadTexts() =>
    [
        .. Assembly.GetExecutingAssembly().GetManifestResourceNames()
            .Where(name => name.StartsWith(Prefix, StringComparison.Ordinal))
            .Order(StringComparer.Ordinal)
            .Select(static name => (name, ReadText(name))),
    ];

    private static string ReadText(string name)
    {
        using var reader = new StreamReader(Open(name));
        return reader.ReadToEnd();
    }

    private static Stream Open(string name) => Assembly.GetExecutingAssembly().GetManifestResourceStream(name)!;
}
