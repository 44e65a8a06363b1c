using System.Text;
using System.Text.Json;
using Cove.Tests;
using Cove.Rego.Values;

namespace Cove.Rego.Tests.Formatting;

/// <summary>Formatting changes the layout of a module and nothing else: its tree stays the same, and so do its comments.</summary>
public sealed class RoundTripTests
{
    /// <summary>The tree without what formatting may change: "=" in heads becomes ":=", imports are sorted, wildcards are numbered anew.</summary>
    internal static string Tree(RegoModule module) => Plain(module.ToAst(new AstOptions(Comments: false))).ToJson();

    internal static string[] Comments(RegoModule module) =>
        module.ToAst()["comments"] is RegoArray comments ? [.. comments.AsSpan().ToArray().Select(static c => Encoding.UTF8.GetString(Convert.FromBase64String(((RegoString)((RegoObject)c)["Text"]!).Value)).TrimEnd()).Order(StringComparer.Ordinal)] : [];

    internal static void AssertRoundTrip(string text, RegoCompilerOptions options, bool isStable = true)
    {
        var module = RegoModule.Parse("m.rego", text, options);
        var formatted = module.Format();
        RegoModule again;
        try
        {
            again = RegoModule.Parse("m.rego", formatted, options);
        }
        catch (RegoCompileException error)
        {
            throw new InvalidOperationException($"{error.Message}\n--- of\n{text}\n--- formatted as\n{formatted}", error);
        }

        var (before, after) = (Tree(module), Tree(again));
        var common = before.AsSpan().CommonPrefixLength(after);
        Assert.True(before == after, $"another tree, from ...{before[Math.Max(0, common - 200)..Math.Min(before.Length, common + 80)]}:\n{text}\n--- formatted as\n{formatted}");
        Assert.True(Comments(module).SequenceEqual(Comments(again)), $"other comments:\n{text}\n--- formatted as\n{formatted}");
        if (!isStable) return;
        var twice = again.Format();
        Assert.True(formatted == twice, $"formatted again it is different:\n{formatted}\n--- and\n{twice}");
    }

    private static RegoValue Plain(RegoValue value) => value switch
    {
        RegoObject obj when obj["type"]?.ToJson() == "\"var\"" && obj["value"] is RegoString name && name.Value.StartsWith('$') => obj.With("value", RegoValue.Of("_")),
        RegoObject obj => obj.Entries().Aggregate(RegoObject.Empty, static (o, e) => ((RegoString)e.Key).Value switch
        {
            "assign" => o,
            "imports" => o.With("imports", RegoArray.Of([.. ((RegoArray)Plain(e.Value)).AsSpan().ToArray().Order()])),
            var key => o.With(key, Plain(e.Value)),
        }),
        RegoArray array => RegoArray.Of([.. array.AsSpan().ToArray().Select(Plain)]),
        _ => value,
    };

    [Fact]
    public void Every_module_of_the_shared_cases_stays_the_same_module()
    {
        var folder = Vectors.Path("rego");
        var (checkedModules, failures) = (0, new List<string>());
        foreach (var file in Directory.EnumerateFiles(folder, "*.json", SearchOption.AllDirectories))
        {
            using var suite = JsonDocument.Parse(File.ReadAllBytes(file), new JsonDocumentOptions { MaxDepth = 10_000 });
            var version = Text(suite.RootElement, "rego_version");
            var shared = suite.RootElement.TryGetProperty("shared_modules", out var list) ? list.EnumerateArray().Select(static m => m.GetString()!).ToArray() : [];
            foreach (var item in suite.RootElement.GetProperty("cases").EnumerateArray())
            {
                if (!item.TryGetProperty("modules", out var modules)) continue;
                var andOr = item.TryGetProperty("experimental", out var e) && e.ValueKind == JsonValueKind.True;
                var options = new RegoCompilerOptions { V1 = (Text(item, "rego_version") ?? version) != "v0", Capabilities = new RegoCapabilities { AndOr = andOr } };
                foreach (var module in modules.EnumerateArray())
                {
                    var text = module.ValueKind == JsonValueKind.Number ? shared[module.GetInt32()] : module.GetString()!;
                    if (!IsValid(text, options)) continue;
                    checkedModules++;
                    try
                    {
                        AssertRoundTrip(text, options);
                    }
                    catch (Exception error) when (error is InvalidOperationException or Xunit.Sdk.XunitException)
                    {
                        failures.Add($"{Text(item, "note")}: {error.Message}");
                    }
                }
            }
        }

        Assert.True(failures.Count == 0, $"{failures.Count} of {checkedModules} modules:\n{string.Join("\n\n", failures.Take(12))}");
        Assert.True(checkedModules > 3000, $"only {checkedModules} modules were there");
    }

    private static string? Text(JsonElement element, string name) => element.TryGetProperty(name, out var value) ? value.GetString() : null;

    private static bool IsValid(string text, RegoCompilerOptions options)
    {
        try
        {
            RegoModule.Parse("m.rego", text, options);
            return true;
        }
        catch (RegoCompileException)
        {
            return false;
        }
    }
}
