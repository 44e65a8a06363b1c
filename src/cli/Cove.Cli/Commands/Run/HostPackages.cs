using Cove.Cli.Development;

namespace Cove.Cli.Commands.Run;

/// <summary>What running a group needs of the host's distribution.</summary>
internal static class HostPackages
{
    private static readonly string[] Needed = ["runc", "unshare", "busybox", "openssl"];
    private static readonly string[] NeededByNat = ["ip", "tc", "nft"];

    /// <summary>Installs what is missing where that can be done, and says so; otherwise fails with the command that would.</summary>
    /// <param name="call">The command.</param>
    /// <param name="nat">Whether the group is to have a way out.</param>
    /// <param name="cancellation">Stops.</param>
    public static async Task EnsureAsync(Invocation call, bool nat, CancellationToken cancellation)
    {
        var missing = Needed.Concat(nat ? NeededByNat : []).Where(program => Programs.Find(program) is null).ToList();
        if (missing.Count == 0) return;
        call.Terminal.Step("host", $"{string.Join(", ", missing)} missing: installing from the distribution's packages");
        using var progress = call.Terminal.Progress("installing packages");
        var (code, _, said) = await Programs.RunAsync("/bin/sh", [Product.HostPackages, .. nat ? (string[])["--nat"] : []], cancellation);
        if (code == 0) return;
        var hint = said.Split('\n').LastOrDefault(line => line.Contains("hint: ", StringComparison.Ordinal))?.Split("hint: ")[1];
        throw CommandFailedException.Unavailable("host-packages-missing", $"this host lacks {string.Join(", ", missing)}", hint ?? "cove doctor");
    }
}
