
using Cove.Formats.Files;

namespace Cove.Cli.Commands.Policy;

/// <summary>What <c>az confcom acipolicygen</c> prints and writes, byte for byte (spec §6.3).</summary>
internal static class AzureOutput
{
    // It prints the policy and two line ends, and its print adds one.
    private const string AfterPolicy = "\n\n\n";

    /// <summary>A file that can hold its policy gets it and the hash is printed; anything else, or on demand, the policy is.</summary>
    public static Answer Answer(ReadTemplate read, bool asText, bool asBase64)
    {
        if (!asText && !asBase64 && read.File.Inject is not null)
        {
            var hashes = string.Concat(Inject(read).Select(row => row.HostData + "\n"));
            return Output.Answer.Of(page => page.Document(hashes), writer => writer.WriteStringValue(hashes.Trim()));
        }

        var text = string.Concat(read.File.Groups.Select(group => (asText ? read.Policy(group).Text : read.Policy(group).Base64) + AfterPolicy));
        return Output.Answer.Of(page => page.Document(text), writer => writer.WriteStringValue(text));
    }

    /// <summary>Writes the policies into the file that they were made from.</summary>
    public static IReadOnlyList<(string Name, string HostData)> Inject(ReadTemplate read)
    {
        var policies = read.File.Groups.ToDictionary(group => group, read.Policy);
        WholeFile.Replace(read.Path, read.With(policies), File.GetUnixFileMode(read.Path));
        return [.. policies.Select(pair => (pair.Key.Name, pair.Value.HostDataHex))];
    }
}
