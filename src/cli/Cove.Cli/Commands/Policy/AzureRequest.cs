namespace Cove.Cli.Commands.Policy;

/// <summary>What is asked of <c>az confcom acipolicygen</c>: where from, and what for.</summary>
internal sealed record AzureRequest(
    string? Input, string? Template, string? Image, string? VirtualNode, bool Containers, bool Parameters, bool Raw, bool Pretty, bool Print, bool Diff, bool Existing)
{
    /// <summary>Refuses what does not go together, in its words (spec §6.2).</summary>
    /// <exception cref="CommandFailedException">It would stop here.</exception>
    public void Check(AzureOptions options)
    {
        Refuse(Count(Input is not null, Template is not null, Image is not null, VirtualNode is not null, Containers) != 1, "Can only generate CCE policy from one source at a time");
        Refuse(Parameters && Template is null, "Can only use ARM Template Parameters if ARM Template is also present");
        Refuse(Diff && (Input ?? Image) is not null, "Can only diff CCE policy from ARM Template or YAML File");
        Refuse(Count(Print, Raw, Pretty) > 1, "Can only print in one format at a time");
        Refuse(options.InfrastructureSvn is not null && options.ExcludeDefaultFragments, "Cannot set infrastructure SVN without using default fragments");
        Refuse(options.FasterHashing && options.Tar, "Cannot use --faster-hashing with --tar");
        Refuse(options.FragmentsJson && !options.IncludeFragments, "Must provide --include-fragments to reference a fragment import JSON file");
        Refuse(options.EnableStdio && options.DisableStdio, "Use only one of --enable-stdio or --disable-stdio.");
    }

    private static int Count(params ReadOnlySpan<bool> facts) => facts.Count(true);

    private static void Refuse(bool wrong, string message)
    {
        if (wrong) throw CommandFailedException.Usage("options-conflict", message);
    }
}

/// <summary>The options of <c>az confcom acipolicygen</c> that its checks and warnings speak of.</summary>
internal sealed record AzureOptions(
    bool Tar,
    bool DebugMode,
    bool EnableStdio,
    bool DisableStdio,
    string? InfrastructureSvn,
    bool ExcludeDefaultFragments,
    bool FasterHashing,
    bool IncludeFragments,
    bool FragmentsJson);
