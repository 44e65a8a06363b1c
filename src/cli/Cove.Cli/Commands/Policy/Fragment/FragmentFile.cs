using Cove.Outcomes;
using Cove.Policy.Fragments;
using Cove.Policy.Model;

namespace Cove.Cli.Commands.Policy.Fragment;

/// <summary>A signed fragment in a file.</summary>
internal static class FragmentFile
{
    /// <summary>Reads one, and verifies its signature, its chain and its issuer.</summary>
    /// <exception cref="CommandFailedException">It does not hold.</exception>
    public static async Task<VerifiedStatement> Verified(Invocation call, string path, CancellationToken cancellation)
    {
        var verdict = SignedStatement.Parse(await call.Read(path, SignedStatement.MaxBytes, cancellation)).Verify();
        return verdict.IsAccepted(out var verified, out var findings)
            ? verified
            : throw CommandFailedException.Rejected($"the signature does not hold, {path}", findings);
    }

    /// <summary>The import of a fragment as its text and header ask for it.</summary>
    /// <param name="verified">The fragment.</param>
    /// <param name="minimumSvn">The lowest version to accept; null for the fragment's own.</param>
    /// <exception cref="MalformedException">It is no fragment, or names no version.</exception>
    public static FragmentImport Import(VerifiedStatement verified, string? minimumSvn)
    {
        var outline = FragmentOutline.Read(verified.Text());
        var svn = minimumSvn ?? verified.Svn?.ToString(System.Globalization.CultureInfo.InvariantCulture) ?? outline.Svn
            ?? throw new MalformedException("fragment", "svn", "is named neither by the header nor by the text: give --minimum-svn");
        return new FragmentImport(verified.Issuer, verified.Feed, svn, outline.Contributes);
    }
}
