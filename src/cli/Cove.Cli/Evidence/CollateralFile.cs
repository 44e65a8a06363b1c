using Cove.Attestation.Dcap;
using Cove.Attestation.OpenEnclave;
using Cove.Cli.Shell;

namespace Cove.Cli.Evidence;

/// <summary>Intel's collateral as users have it: one JSON document, a folder of the single files, or Open Enclave's endorsements.</summary>
internal static class CollateralFile
{
    /// <exception cref="Outcomes.MalformedException">It is neither, or a part of it cannot be read.</exception>
    public static async Task<DcapCollateral> Read(Invocation call, string path, CancellationToken cancellation)
    {
        if (path == "-" || !Directory.Exists(call.FullPath(path)))
        {
            var file = await call.Read(path, DcapCollateral.MaximumSize, cancellation);
            return file is [1, 0, 0, 0, ..] ? OpenEnclaveEndorsements.Parse(file) : DcapCollateral.Parse(file);
        }

        Dictionary<string, ReadOnlyMemory<byte>> files = new(StringComparer.Ordinal);
        foreach (var file in Directory.EnumerateFiles(call.FullPath(path)).Order(StringComparer.Ordinal))
        {
            // Two files of one name and different kinds would leave open which is meant.
            if (!files.TryAdd(Path.GetFileNameWithoutExtension(file), await call.Read(file, DcapCollateral.MaximumSize, cancellation)))
                throw CommandFailedException.Usage("collateral-ambiguous", $"holds two files of one name, {file}");
        }

        return DcapCollateral.FromFiles(files);
    }
}
