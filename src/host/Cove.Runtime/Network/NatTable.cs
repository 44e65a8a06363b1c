using System.Diagnostics;
using Cove.Outcomes;

namespace Cove.Runtime.Network;

/// <summary>
/// Rules of the host's packet filter that live exactly as long as this process: a child of it, <c>nft</c>, owns their table and reads from a pipe, whose
/// end ends it. The kernel drops the table with its owner, so no way of dying leaves it behind.
/// </summary>
internal sealed class NatTable : IDisposable
{
    /// <summary>A question whose answer is always the same says that everything before it was done.</summary>
    private const string Question = "describe meta iif";
    private const string Answer = "meta expression";
    private const string Fix = "sudo apt-get install -y nftables";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    private readonly Process owner;

    private NatTable(Process owner)
    {
        this.owner = owner;
        Ended = owner.WaitForExitAsync();
    }

    /// <summary>Completes when the rules are gone.</summary>
    public Task Ended { get; }

    /// <summary>The owner's process id.</summary>
    public int ProcessId => owner.Id;

    /// <summary>Makes them in the network namespace of the thread that calls.</summary>
    /// <param name="rules">One line of nft's language that makes one table.</param>
    /// <exception cref="UnavailableException">The host lacks nft, or the kernel refused.</exception>
    public static NatTable Open(string rules)
    {
        // Everything it says comes in one stream, in order; and it has no home to write its history to.
        var start = HostTool.Start("/bin/sh", "-c", "exec nft -i 2>&1");
        start.RedirectStandardInput = true;
        start.Environment["HOME"] = "/dev/null";
        var table = new NatTable(Process.Start(start) ?? throw new UnavailableException("nft", "did not start"));
        try
        {
            var said = table.Say(rules);
            if (said.Wait(Patience) && said.Result.Length == 0) return table;
            throw new UnavailableException("nft", said.IsCompleted ? $"{said.Result}: {Fix}" : "it does not answer");
        }
        catch (Exception refused) when (refused is AggregateException or IOException)
        {
            table.Dispose();
            throw new UnavailableException("nft", $"it ended at once: {Fix}", refused);
        }
        catch
        {
            table.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        try
        {
            owner.StandardInput.Close();
        }
        catch (IOException)
        {
            // It was gone before.
        }

        if (!Ended.Wait(Patience)) owner.Kill();
        Ended.Wait();
        owner.Dispose();
    }

    /// <summary>What it says to some lines; nothing where all is well.</summary>
    private async Task<string> Say(string lines)
    {
        await owner.StandardInput.WriteLineAsync(lines).ConfigureAwait(false);
        await owner.StandardInput.WriteLineAsync(Question).ConfigureAwait(false);
        await owner.StandardInput.FlushAsync().ConfigureAwait(false);
        var said = new List<string>();
        while (await owner.StandardOutput.ReadLineAsync().ConfigureAwait(false) is { } line)
        {
            if (line.StartsWith(Answer, StringComparison.Ordinal)) return string.Join(' ', said);
            if (line.Length < 1000) said.Add(line.Trim());
        }

        return said.Count > 0 ? string.Join(' ', said) : "it ended at once";
    }
}
