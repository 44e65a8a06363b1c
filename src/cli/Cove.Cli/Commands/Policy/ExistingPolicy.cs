using Cove.Policy;
using Cove.Policy.Explanation;
using Cove.Policy.Generation;
using Cove.Policy.Model;

namespace Cove.Cli.Commands.Policy;

/// <summary>The policies that a file carries already.</summary>
internal static class ExistingPolicy
{
    private const int ConfcomMismatch = 2;

    /// <summary>Their texts.</summary>
    public static Answer Print(ReadTemplate read)
    {
        var texts = read.File.Groups.Select(group => Read(read, group).Text).ToList();
        return Answer.Of(page => page.Document(string.Concat(texts.Select(text => text + "\n"))), writer =>
        {
            writer.WriteStartArray();
            foreach (var text in texts) writer.WriteStringValue(text);
            writer.WriteEndArray();
        });
    }

    /// <summary>What differs between them and what the file yields now.</summary>
    public static Answer Compare(ReadTemplate read, bool azure, AzureVoice? voice)
    {
        var differences = read.File.Groups.Select(group => Difference(read, group, indented: !azure || read.Options.Indented)).ToList();
        var mismatch = differences.Exists(difference => difference is not null);
        foreach (var group in read.File.Groups) voice?.WarnOfFragments(group.CcePolicy is { Length: > 0 } ? PolicyExplainer.Explain(Read(read, group)).Document.Fragments : null);
        if (mismatch) voice?.Warn("Existing Policy and Template differ. Consider recreating the base64-encoded policy.");
        var text = string.Concat(differences.Select(difference => (difference ?? ConfcomDiff.Match) + "\n"));
        return Answer.Of(
            page => page.Document(text),
            writer =>
            {
                writer.WriteStartArray();
                foreach (var difference in differences) writer.WriteRawValue(difference ?? "{}");
                writer.WriteEndArray();
            },
            !mismatch ? 0 : azure ? ConfcomMismatch : (int)ExitCode.Rejected);
    }

    // An empty policy allows whatever the service allows without one: nothing to compare.
    private static string? Difference(ReadTemplate read, ContainerGroup group, bool indented) => group.CcePolicy is { Length: 0 }
        ? null
        : ConfcomDiff.Compare(PolicyExplainer.Explain(Read(read, group)).Document, read.Describe(group), indented);

    private static PolicyText Read(ReadTemplate read, ContainerGroup group) => group.CcePolicy is { Length: > 0 } base64
        ? PolicyText.FromBase64(base64)
        : throw CommandFailedException.Usage("policy-missing", $"group {group.Name} carries no policy, {read.Path}", "cove policy generate -a FILE --inject puts one in");
}
